import type { Counts, Ending, Mark, NotData, RunEvent } from './event.js'
import { EMPTY_LEDGER, type Ledger, plus } from './ledger.js'
import type { Rate } from './plan.js'

/** One lane of a run so far. `from` is where its first execution began; `mark` is how far it is settled. */
export type LaneSoFar = Ledger &
  NotData & {
    readonly lane: string
    readonly from: Mark
    readonly to: Mark
    readonly mark: Mark
    readonly finished: boolean
    /** Left out by a replay; absent where nothing was. */
    readonly skipped?: bigint
    /** Record-batch bytes as read from the source. */
    readonly bytes: bigint
  }

/** `seconds` of an open hold count up to the last event; see `heldSeconds`. */
export type HeldSoFar = {
  readonly reason: string
  readonly until: 'clears' | 'operator'
  readonly since: string
  readonly endedAt?: string
}

export type Range = { readonly lane: string; readonly from: Mark; readonly to: Mark; readonly why: string }
export type DoubtedRange = Range & { readonly messages: bigint; readonly occasion?: number }

/** Everything that the journal says about a run, over all its executions. */
export type RunSoFar = {
  readonly ledger: Ledger
  readonly notData: NotData
  /** Left out by a replay; absent where nothing was. */
  readonly skipped?: bigint
  /** Record-batch bytes as read from the source. */
  readonly bytes: bigint
  readonly lanes: ReadonlyMap<string, LaneSoFar>
  readonly held: readonly HeldSoFar[]
  readonly warnings: readonly string[]
  readonly doubted: readonly DoubtedRange[]
  readonly lost: readonly Range[]
  readonly steered: readonly { readonly at: string; readonly what: string; readonly by: string }[]
  /** The rate that was set last, by `set` or `resume`; the plan's holds where it is absent. */
  readonly rate?: Rate | 'unlimited'
  /** How often it was started or resumed. */
  readonly executions: number
  /** Seconds of the executions that are over. */
  readonly earlierSeconds: number
  readonly startedAt?: string
  /** Start of the execution that has not ended; what follows an ending (undo) is no work on the run. */
  readonly executionAt?: string
  readonly lastAt?: string
  readonly ending?: Ending & { readonly at: string }
  /** Set once `restore` or its undo has begun to change something. */
  readonly restored?: { readonly how: 'restore' | 'undo'; readonly topicId: string; readonly done: boolean }
}

/** A run of which nothing is known yet. */
export const NOTHING_YET: RunSoFar = {
  ledger: EMPTY_LEDGER,
  notData: { holes: 0n, markers: 0n, aborted: 0n },
  bytes: 0n,
  lanes: new Map(),
  held: [],
  warnings: [],
  doubted: [],
  lost: [],
  steered: [],
  executions: 0,
  earlierSeconds: 0,
}

const secondsBetween = (from: string | undefined, to: string | undefined): number =>
  from === undefined || to === undefined ? 0 : Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000)

/** The run after one more event. Pure; the same fold serves the live run, `resume`, `status` and `report`. */
export function foldRun(state: RunSoFar, event: RunEvent): RunSoFar {
  return { ...foldEvent(state, event), lastAt: latest(state.lastAt, event.at) }
}

/** Folds a whole journal. */
export async function foldAll(events: AsyncIterable<RunEvent> | Iterable<RunEvent>): Promise<RunSoFar> {
  let state = NOTHING_YET
  for await (const event of events) state = foldRun(state, event)
  return state
}

/** Seconds in which a process worked on the run, holds included; `until` is now for a live run. */
export const activeSeconds = (state: RunSoFar, until = state.lastAt): number =>
  state.earlierSeconds + secondsBetween(state.executionAt, until)

/** Seconds of one hold; an open one counts up to `until`. */
export const heldSeconds = (hold: HeldSoFar, until: string | undefined): number =>
  secondsBetween(hold.since, hold.endedAt ?? until)

/** The most that can be at the target twice. */
export const duplicatesAtMost = (state: RunSoFar): bigint =>
  state.doubted.reduce((sum, range) => sum + range.messages, 0n)

/** Stopped for good: `resume` needs `--after-abort`. */
export const isAborted = (state: RunSoFar): boolean => state.ending?.kind === 'stopped' && state.ending.by === 'aborted'

function foldEvent(state: RunSoFar, event: RunEvent): RunSoFar {
  switch (event.type) {
    case 'started':
      return start(state, event.at)
    case 'opened':
      return withLane(state, openLane(state.lanes.get(event.lane), event))
    case 'settled':
      return settle(state, event)
    case 'finished':
      return withLane(state, { ...laneOf(state, event), mark: event.mark, to: event.mark, finished: true })
    case 'held':
      return { ...state, held: [...state.held, { reason: event.reason, until: event.until, since: event.at }] }
    case 'released':
      return { ...state, held: closeHolds(state.held, event.at, event.reason) }
    case 'doubted':
      return { ...state, doubted: withRange(state.doubted, rangeOf(event, doubtOf(event))) }
    case 'lost':
      return { ...state, lost: withRange(state.lost, rangeOf(event, {})) }
    case 'warned':
      return state.warnings.includes(event.message) ? state : { ...state, warnings: [...state.warnings, event.message] }
    case 'steered':
      return steer(state, event)
    case 'restored':
      return restore(state, event)
    case 'ended':
      return end(state, event)
    default:
      return event satisfies never
  }
}

function steer(state: RunSoFar, { at, what, by, rate = state.rate }: RunEvent & { type: 'steered' }): RunSoFar {
  return { ...state, steered: [...state.steered, { at, what, by }], ...(rate === undefined ? {} : { rate }) }
}

/** A new execution: what a killed one left open ended with its last event. */
function start(state: RunSoFar, at: string): RunSoFar {
  const { ending: _over, ...rest } = state
  return {
    ...rest,
    executions: state.executions + 1,
    earlierSeconds: activeSeconds(state),
    executionAt: at,
    startedAt: state.startedAt ?? at,
    held: closeHolds(state.held, state.lastAt ?? at),
  }
}

function end(state: RunSoFar, { at, ending }: { at: string; ending: Ending }): RunSoFar {
  const { executionAt: _over, ...rest } = state
  return {
    ...rest,
    earlierSeconds: activeSeconds(state, at),
    ending: { ...ending, at },
    held: closeHolds(state.held, at),
  }
}

/** What a killed execution left open ended with its last event: taking things away is no work on the run. */
function restore(state: RunSoFar, event: RunEvent & { type: 'restored' }): RunSoFar {
  const { executionAt: _over, ...rest } = state
  const topicId = event.topicId ?? state.restored?.topicId ?? ''
  return {
    ...rest,
    earlierSeconds: activeSeconds(state),
    held: closeHolds(state.held, state.lastAt ?? event.at),
    restored: { how: event.how, topicId, done: event.step === 'done' || state.restored?.done === true },
  }
}

const NO_LANE = { ...EMPTY_LEDGER, holes: 0n, markers: 0n, aborted: 0n, bytes: 0n, finished: false }

const openLane = (known: LaneSoFar | undefined, event: { lane: string; from: Mark; to: Mark }): LaneSoFar =>
  known === undefined
    ? { ...NO_LANE, lane: event.lane, from: event.from, to: event.to, mark: event.from }
    : { ...known, to: event.to, mark: event.from, finished: false }

const laneOf = (state: RunSoFar, event: { lane: string; mark: Mark }): LaneSoFar =>
  state.lanes.get(event.lane) ?? { ...NO_LANE, lane: event.lane, from: '', to: '', mark: event.mark }

const withLane = (state: RunSoFar, lane: LaneSoFar): RunSoFar => ({
  ...state,
  lanes: new Map(state.lanes).set(lane.lane, lane),
})

const plusNotData = (a: NotData, b: NotData): NotData => ({
  holes: a.holes + b.holes,
  markers: a.markers + b.markers,
  aborted: a.aborted + b.aborted,
})

type SettledEvent = { lane: string; mark: Mark; counts: Counts; skipped?: bigint }

function settle(state: RunSoFar, event: SettledEvent): RunSoFar {
  const { counts } = event
  const lane = laneOf(state, event)
  return {
    ...withLane(state, {
      ...lane,
      ...plus(lane, counts),
      ...plusNotData(lane, counts),
      ...plusSkipped(lane, event),
      bytes: lane.bytes + counts.bytes,
      mark: event.mark,
    }),
    ledger: plus(state.ledger, counts),
    notData: plusNotData(state.notData, counts),
    ...plusSkipped(state, event),
    bytes: state.bytes + counts.bytes,
  }
}

const plusSkipped = ({ skipped: before }: { skipped?: bigint }, { skipped: now }: { skipped?: bigint }) =>
  now === undefined || now === 0n ? {} : { skipped: (before ?? 0n) + now }

const closeHolds = (held: readonly HeldSoFar[], endedAt: string, reason?: string): readonly HeldSoFar[] =>
  held.map(hold =>
    hold.endedAt === undefined && (reason === undefined || hold.reason === reason) ? { ...hold, endedAt } : hold,
  )

const doubtOf = ({ messages, occasion }: { messages: bigint; occasion?: number }) =>
  occasion === undefined ? { messages } : { messages, occasion }

const rangeOf = <More extends object>({ lane, from, to, why }: Range, more: More): Range & More => ({
  ...{ lane, from, to, why },
  ...more,
})

/** The same range reported again, by a resumed run, is one range. */
const withRange = <R extends Range & { readonly occasion?: number }>(ranges: readonly R[], range: R): readonly R[] =>
  ranges.some(
    known =>
      known.lane === range.lane &&
      known.from === range.from &&
      known.to === range.to &&
      known.occasion === range.occasion,
  )
    ? ranges
    : [...ranges, range]

/** Lanes run side by side, so an event may carry a time a little before its predecessor's. */
const latest = (a: string | undefined, b: string): string => (a !== undefined && a > b ? a : b)
