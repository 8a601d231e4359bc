import type { MissingGiven } from '../../commands/missing-asked.js'
import type { ReplayRequest, ResumeRequest } from '../../commands/requests.js'
import { type Place, parseAddress } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import type { RunPlan } from '../../core/plan.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import { UserError } from '../../errors.js'
import type { IdStream } from '../../reconcile/ports.js'
import { resolvePlace } from '../../settings.js'
import { withAgain } from '../fanout/subject.js'
import { openKnownRun } from '../restore/opened.js'
import { systemOf, type Where } from '../system.js'
import { archiveSubject } from './archive-subject.js'
import type { ReplaySubjects } from './ends.js'
import { missingOf } from './missing-of-kept.js'
import { MissingOnce, type RowsWhere } from './missing-once.js'
import { parkedRows } from './parked-rows.js'
import { parkedSubject } from './parked-subject.js'
import type { RedriveAsked } from './redrive.js'
import { plannedRows, rowsSubjects, withLogin } from './rows-subject.js'

/** What the argument of `replay` means. Throws UserError. */
export async function subjectsOf(request: ReplayRequest, where: Where): Promise<ReplaySubjects> {
  const { to, again, filter, execute, consumersStopped } = request
  const of = await withParkedRows(request, where)
  if (of.kind === 'rows') return rowsSubjects(withLogin(of, again?.database), { ...where, ...reachedBy(request) })
  if (of.kind !== 'dead-letters') return kept(of, { ...where, ...reachedBy(request) })
  const hasFilter = Object.keys(filter).length > 0
  const asked = { ...request, toOrigin: to === 'origin', hasFilter, resumed: false, execute, consumersStopped }
  return deadLetters(withAgain(of.place, again?.source), asked, where)
}

/** What a plan was drawn from, to be read again. Throws UserError. */
export function subjectsFrom(
  { from, target, filter, user }: Pick<ReplayPlan, 'from' | 'target' | 'filter' | 'user'>,
  request: ResumeRequest,
  where: Where,
): Promise<ReplaySubjects> {
  if (from.kind === 'rows')
    return rowsSubjects(withLogin(plannedRows(from), request.database), { ...where, ...reachedBy(request) })
  if (from.kind !== 'dead-letters') return Promise.resolve(kept(from, { ...where, ...reachedBy(request) }))
  const planned = parseAddress(from.address)
  const own = user === undefined || target !== 'origin' ? planned : { ...planned, credentials: { username: user } }
  const asked = { ...request, toOrigin: target === 'origin', hasFilter: filter !== undefined, resumed: true }
  return deadLetters(withAgain(own, request.source), { ...asked, execute: true, consumersStopped: true }, where)
}

/** Of rows that a run has parked those are meant that a mapping makes messages of. */
async function withParkedRows({ of }: ReplayRequest, { io }: Where): Promise<ReplayRequest['of']> {
  if (of.kind !== 'parked' || of.map === undefined) return of
  const { run, map } = of
  const { from } = ofReplay((await openKnownRun(run, io)).plan)
  if (from?.kind !== 'rows')
    throw new UserError(`Run ${run} sent no rows: there is nothing to map`, { hint: 'Leave --map away.' })
  return { ...plannedRows(from), map, missing: await parkedRows(run, io) }
}

const ofReplay = (plan: RunPlan): Partial<Pick<ReplayPlan, 'from'>> => (plan.kind === 'replay' ? plan : {})

type Kept = { readonly kind: 'archive' | 'parked'; readonly run: string; readonly missing?: MissingGiven }

function kept({ kind, run, missing }: Kept, where: RowsWhere): ReplaySubjects {
  const { io } = where
  const once = new MissingOnce(missing, async () => openKept({ kind, run }, io), where)
  return {
    look: async () => {
      const subject = kind === 'archive' ? await archiveSubject(run, io) : await parkedSubject(run, io)
      return missingOf(subject, await once.get())
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** Its messages by their keys. */
async function openKept(of: Pick<Kept, 'kind' | 'run'>, io: Where['io']): Promise<IdStream & AsyncDisposable> {
  const { openKeptIds } = await import('../reconcile/kept-messages.js')
  const { source, close } = await openKeptIds(of, { at: 'key' }, io)
  return { ...source, [Symbol.asyncDispose]: close }
}

async function deadLetters(place: Place, asked: RedriveAsked, where: Where): Promise<ReplaySubjects> {
  const resolved = await resolvePlace(place, { io: where.io, config: asked.config })
  return (await systemOf(resolved.address.kind)).openDeadLetters(resolved, asked, where)
}

const reachedBy = ({ config, management }: { readonly config?: string; readonly management?: string }) =>
  defined({ config, management })
