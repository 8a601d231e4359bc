import { foldRun, NOTHING_YET, type RunSoFar } from '../../core/fold.js'
import type { LedgerAnswer, LedgerEvent } from '../../core/ledger-answer.js'
import type { KafkaPlan } from '../../core/plan.js'
import { isKafkaPlan } from '../../core/plan-names.js'
import { answer } from '../../ledger/answer.js'
import { takes } from '../../ledger/by-filter.js'
import type { Archived, Evidence, Parked } from '../../ledger/evidence.js'
import { laneWorked } from '../../ledger/lane-worked.js'
import { mayHaveBeen } from '../../ledger/may-have-been.js'
import { nameRead, readsQueue } from '../../ledger/plans.js'
import { RangeWatch } from '../../ledger/range-watch.js'
import type { Subject } from '../../ledger/subject.js'
import { archivedEvent, parkedEvent } from '../../ledger/told-by-evidence.js'
import { givenBack, toldByRange } from '../../ledger/told-by-range.js'
import { watchedBy } from '../../ledger/watched.js'
import type { HomeRun, HomeRuns } from './home-runs.js'

/** One message that is asked for, and what the runs kept of it. */
export type Case = {
  readonly subject: Subject
  readonly kept: readonly Evidence[]
  /** Runs whose archive or parked messages could not be read. */
  readonly unread: ReadonlySet<string>
}

/** What all runs tell of some messages; each journal is read once. Throws RunError `journal-corrupt`. */
export async function search({ runs, notes }: HomeRuns, cases: readonly Case[]): Promise<readonly LedgerAnswer[]> {
  const told = cases.map((): LedgerEvent[] => [])
  for (const run of runs) {
    const watches = cases.map(({ subject, kept }) => watchOf(run, subject, kept))
    const state = await readJournal(run, watches)
    cases.forEach((each, at) => {
      const earlier = told[at] ?? []
      earlier.push(...eventsOf(run, { ...each, state, hits: watches[at]?.hits, drain: drainOf(run, runs, earlier) }))
    })
  }
  return cases.map(({ subject }, at) => answer(subject.id, told[at] ?? [], { searched: runs.length, notes }))
}

const watchOf = ({ plan }: HomeRun, subject: Subject, kept: readonly Evidence[]): RangeWatch | undefined => {
  const watched = watchedBy(plan, subject, kept)
  return watched === undefined ? undefined : new RangeWatch(watched)
}

async function readJournal({ folder }: HomeRun, watches: readonly (RangeWatch | undefined)[]): Promise<RunSoFar> {
  let state = NOTHING_YET
  for await (const event of folder.events()) {
    state = foldRun(state, event)
    for (const watch of watches) watch?.see(event)
  }
  return state
}

/** The drain whose lanes a run works, if it has copied the message. */
const drainOf = ({ plan }: HomeRun, runs: readonly HomeRun[], told: readonly LedgerEvent[]): KafkaPlan | undefined => {
  const of = plan.kind === 'fanout' ? plan.of : undefined
  if (!told.some(({ run, what }) => run === of && what === 'drained')) return undefined
  const drain = runs.find(run => run.plan.run === of)?.plan
  return drain?.kind === 'drain' && isKafkaPlan(drain) ? drain : undefined
}

type Seen = Case & {
  readonly state: RunSoFar
  readonly hits: RangeWatch['hits'] | undefined
  readonly drain: KafkaPlan | undefined
}

function eventsOf({ plan }: HomeRun, seen: Seen): readonly LedgerEvent[] {
  const { subject, kept, state, hits } = seen
  const mine = kept.filter(({ run }) => run === plan.run)
  const parked = mine.filter(isParked).map(found => parkedEvent(plan, found, found.id === subject.id))
  const ranges = (hits ?? []).map(hit => toldByRange(plan, hit, subject))
  const archived = mine.filter(isArchived)
  if (plan.kind === 'replay') return [...parked, ...replayed(ranges, { plan, subject, kept })]
  if (archived.length > 0) {
    const letGo = ranges.find(({ what }) => what === 'discarded')
    // A queue may be archived twice over by executions that were killed between archive and ack.
    return [...parked, ...archived.slice(0, 1).map(found => archivedEvent(plan, found, letGo))]
  }
  if (plan.kind === 'discard' && plan.archive !== undefined && !seen.unread.has(plan.run))
    return [...parked, ...ranges.map(noMessage)]
  if (ranges.length === 0) return [...parked, ...guessed(plan, seen)]
  return [...parked, ...ranges, ...(state.ending?.kind === 'undone' ? [givenBack(plan, state.ending.at)] : [])]
}

/** What a run may have done with a message of which it kept nothing. */
function guessed(plan: HomeRun['plan'], { subject, kept, state, drain }: Seen): readonly LedgerEvent[] {
  const { position } = subject
  if (position === undefined) return readsQueue(plan) && couldHave(plan, kept) ? some(mayHaveBeen(plan, state)) : []
  if (plan.kind !== 'fanout' || drain === undefined) return []
  return some(laneWorked({ plan, state }, drain, { ...subject, position }))
}

const some = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value])

/** An offset in a range that was archived, of which the archive has nothing. */
const noMessage = (event: LedgerEvent): LedgerEvent => ({
  ...event,
  detail: `${event.detail}; the archive has no message of this offset: a marker, a hole, or an aborted record`,
  certain: false,
})

const isParked = (found: Evidence): found is Parked => found.kind === 'parked'
const isArchived = (found: Evidence): found is Archived => found.kind === 'archived'

/** A discard with an archive would have the message there; where a run has it for certain, only runs of that queue may have had it too. */
const couldHave = (plan: HomeRun['plan'], kept: readonly Evidence[]): boolean => {
  if (plan.kind === 'discard' && plan.archive !== undefined) return false
  const queues = kept.flatMap(({ target }) => target ?? [])
  return queues.length === 0 || queues.includes(nameRead(plan) ?? '')
}

/** What a replay's filter leaves out was not sent again. */
function replayed(
  ranges: readonly LedgerEvent[],
  { plan, subject, kept }: { plan: HomeRun['plan'] & { readonly kind: 'replay' } } & Pick<Case, 'subject' | 'kept'>,
): readonly LedgerEvent[] {
  const [known] = kept
  const verdict = takes(plan.filter, { id: subject.id, ...key(subject.key ?? known?.key), ...time(known?.timestamp) })
  if (verdict === 'no') return []
  return verdict === 'yes' ? ranges : ranges.map(event => ({ ...event, certain: false }))
}

const key = (value: Buffer | null | undefined) => (value === undefined ? {} : { key: value })
const time = (timestamp: number | undefined) => (timestamp === undefined ? {} : { timestamp })
