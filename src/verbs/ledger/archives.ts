import { openArchiveIndex } from '../../archive/index-search.js'
import type { DiscardPlan } from '../../core/discard-plan.js'
import { UserError } from '../../errors.js'
import type { Io } from '../../io.js'
import type { Archived } from '../../ledger/evidence.js'
import { subjectOf } from '../../ledger/subject.js'
import { findIfKept } from '../archive/find.js'
import type { HomeRun } from './home-runs.js'
import type { Wanted } from './parked.js'

/** A search by key for more than this is one for `archive sql`. */
const MOST = 1000

/** The messages in the archive of a run that are wanted; none where it kept none. Throws UserError, RunError where the archive cannot be read. */
export async function* archivedIn({ plan }: HomeRun, wanted: Wanted, io: Io): AsyncGenerator<Archived> {
  if (plan.kind !== 'discard' || plan.archive === undefined || !mayHold(plan, wanted)) return
  const found = await findIfKept(plan.run, io)
  if (found === undefined)
    throw new UserError(`its archive is not at ${plan.archive.folder}`, { hint: 'Bring it back to where it was.' })
  await using index = await openArchiveIndex({ folder: found.folder, system: plan.system })
  for (const filter of filters(wanted))
    for await (const rows of index.rows({ ...filter, limit: MOST }))
      for (const row of rows) yield { kind: 'archived', run: plan.run, target: plan.topic, ...row }
}

/** A position of Kafka lies in one topic; anything else may be anywhere. */
const mayHold = ({ system, topic }: DiscardPlan, { ids, keys }: Wanted): boolean =>
  keys.length > 0 || [...ids].some(id => isIn(subjectOf(id).position?.topic, { system, topic }))

const isIn = (wanted: string | undefined, { system, topic }: Pick<DiscardPlan, 'system' | 'topic'>): boolean =>
  system === 'kafka' ? wanted === topic : true

const filters = ({ ids, keys }: Wanted) => [
  ...(ids.size === 0 ? [] : [{ ids: [...ids] }]),
  ...(keys.length === 0 ? [] : [{ keys }]),
]
