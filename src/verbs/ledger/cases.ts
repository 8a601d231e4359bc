import type { LedgerRequest } from '../../commands/ledger-request.js'
import type { Io } from '../../io.js'
import type { Evidence } from '../../ledger/evidence.js'
import { subjectOf } from '../../ledger/subject.js'
import { classify } from '../../present/error.js'
import { archivedIn } from './archives.js'
import type { HomeRun } from './home-runs.js'
import { parkedIn, type Wanted } from './parked.js'
import type { Case } from './search.js'

/** Ids that one key may bring up; a search by key beyond this is one for `archive sql`. */
const MOST = 100

/** The messages that a command asks for, with all that the runs kept of them: those of its ids, or those that the runs have of its key. */
export async function casesOf(
  { ids, key }: Pick<LedgerRequest, 'ids' | 'key'>,
  runs: readonly HomeRun[],
  io: Io,
): Promise<{ readonly cases: readonly Case[]; readonly notes: readonly string[] }> {
  const given = key === undefined ? undefined : Buffer.from(key)
  const { kept, notes, unread } = await keptBy(runs, wantedOf(ids, given), io)
  if (ids.length > 0) return { cases: ids.map(id => ({ ...caseOf(id, kept, given), unread })), notes }
  const found = [...new Set(kept.map(({ id }) => id))]
  const cases = found.slice(0, MOST).map(id => ({ ...caseOf(id, kept, given), unread }))
  const more = found.length - cases.length
  const tooMany = more === 0 ? [] : [`${more} more messages have this key: \`spillway archive sql\` lists them`]
  return { cases, notes: [...notes, ...tooMany] }
}

/** What was kept of the message itself; and, of its key, what was parked: that may be it under another position. */
const caseOf = (id: string, kept: readonly Evidence[], given: Buffer | undefined): Omit<Case, 'unread'> => {
  const same = kept.filter(each => each.id === id)
  const key = given ?? same.find(each => each.key !== null)?.key ?? undefined
  const perhaps = kept.filter(each => each.id !== id && each.kind === 'parked' && isKey(each, key))
  return { subject: subjectOf(id, key), kept: [...same, ...perhaps] }
}

const isKey = ({ key }: Evidence, wanted: Buffer | undefined): boolean =>
  wanted !== undefined && key?.equals(wanted) === true

/** With ids, the key only says which of what was parked may be the same message: archives are asked for the ids alone. */
const wantedOf = (ids: readonly string[], key: Buffer | undefined): Wanted => ({
  ids: new Set(ids),
  keys: key === undefined ? [] : [key],
})

async function keptBy(runs: readonly HomeRun[], wanted: Wanted, io: Io) {
  const kept: Evidence[] = []
  const notes: string[] = []
  const unread = new Set<string>()
  for (const run of runs)
    try {
      for await (const found of parkedIn(run, wanted)) kept.push(found)
      const archived = wanted.ids.size === 0 ? wanted : { ...wanted, keys: [] }
      for await (const found of archivedIn(run, archived, io)) kept.push(found)
    } catch (error) {
      unread.add(run.plan.run)
      notes.push(`what run ${run.plan.run} kept cannot be read: ${classify(error).message}`)
    }
  return { kept, notes, unread }
}
