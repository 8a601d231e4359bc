import { standingDoubts } from './doubts.js'
import type { Envelope, RunState } from './envelope.js'
import { activeSeconds, duplicatesAtMost, type HeldSoFar, type LaneSoFar, type RunSoFar } from './fold.js'
import { imbalance } from './ledger.js'
import { rejoinHolds } from './rejoin-holds.js'

/** What an envelope takes from a plan of any verb. */
export type PlanFacts = {
  readonly run: string
  readonly kind: string
  readonly source: string
  readonly target: string
  readonly lanes: readonly { readonly lane: string; readonly from: string; readonly to: string }[]
  readonly warnings: readonly string[]
  readonly refusals: readonly string[]
}

/** What neither the plan nor the journal knows. */
export type Present = {
  /** A process holds the run's lock. */
  readonly alive: boolean
  readonly now: Date
  /** `keep stopped (N unread in lanes)` or `may start`. */
  readonly originals: string
  /** Set where something beyond the counts shows that the sheet cannot balance (a foreign writer at the target). */
  readonly unbalanced?: boolean
  /** The holds that are open in the live run, which its journal learns of only when a lane passes the gate. */
  readonly holds?: readonly Pick<HeldSoFar, 'reason' | 'until' | 'since'>[]
  /** What would refuse it now; the plan's own unless given. */
  readonly refusals?: readonly string[]
}

/** The state of a run in the words of the contract. Without a live process and without an ending it was killed: `stopped`. */
export function stateOf(state: RunSoFar, alive: boolean): RunState {
  if (state.ending !== undefined) return state.ending.kind
  if (state.executions === 0) return 'planned'
  if (!alive) return 'stopped'
  return state.held.some(hold => hold.endedAt === undefined) ? 'held' : 'running'
}

/** Why a stopped run stopped: `aborted`, a signal, `canary`, or `killed`. */
function reasonOf(state: RunSoFar, alive: boolean): string | undefined {
  if (state.ending?.kind === 'stopped') return state.ending.by
  return stateOf(state, alive) === 'stopped' ? 'killed' : undefined
}

/** The envelope of a run from its plan and its journal's fold. Pure. */
export function toEnvelope(plan: PlanFacts, journalled: RunSoFar, present: Present): Envelope {
  const state = withHolds(journalled, present)
  const running = present.alive && state.ending === undefined
  const until = running ? present.now.toISOString() : (state.ending?.at ?? state.lastAt)
  const seconds = activeSeconds(state, until)
  const reason = reasonOf(state, present.alive)
  return {
    run: plan.run,
    verb: plan.kind,
    source: plan.source,
    target: plan.target,
    state: stateOf(state, present.alive),
    ...(reason === undefined ? {} : { reason }),
    ledger: state.ledger,
    ...(state.skipped === undefined ? {} : { skipped: state.skipped }),
    balanced: imbalance(state.ledger) === 0n && present.unbalanced !== true && !isForeignWrite(state),
    lanes: lanesOf(plan, state),
    duplicatesAtMost: duplicatesAtMost(state),
    startedAt: state.startedAt ?? null,
    endedAt: running || state.executions === 0 ? null : (until ?? null),
    messagesPerSecond: perSecond(state.ledger.read, seconds),
    bytesPerSecond: perSecond(state.bytes, seconds),
    originals: present.originals,
    held: rejoinHolds(state.held, until).map(hold => ({ ...hold, seconds: round(hold.seconds) })),
    warnings: [...new Set([...plan.warnings, ...state.warnings, ...rangesInWords(state)])],
    refusals: present.refusals ?? plan.refusals,
    ...errorOf(state),
  }
}

/** Counts that hold a foreign record prove nothing, however they add up; a resume that ends well clears it. */
const isForeignWrite = ({ ending }: RunSoFar): boolean => ending?.kind === 'failed' && ending.code === 'foreign-write'

/** What the gate says now beats what the journal knows of it. */
function withHolds(state: RunSoFar, { holds, now }: Present): RunSoFar {
  if (holds === undefined || state.ending !== undefined) return state
  const isOpen = (held: HeldSoFar) => holds.some(hold => hold.reason === held.reason && hold.since === held.since)
  const known = state.held.map(held =>
    held.endedAt !== undefined || isOpen(held) ? held : { ...held, endedAt: now.toISOString() },
  )
  const fresh = holds.filter(
    hold => !state.held.some(({ reason, since }) => reason === hold.reason && since === hold.since),
  )
  return { ...state, held: [...known, ...fresh] }
}

const round = (value: number): number => Math.round(value * 10) / 10
const perSecond = (count: bigint, seconds: number): number => (seconds > 0 ? round(Number(count) / seconds) : 0)

/** The plan's lanes, then those that only the journal knows, in natural order. */
function lanesOf(plan: PlanFacts, state: RunSoFar): Envelope['lanes'] {
  const planned = new Map(plan.lanes.map(lane => [lane.lane, lane]))
  const names = [...new Set([...planned.keys(), ...state.lanes.keys()])]
  return names.sort(byLane).map(lane => {
    const so: Partial<LaneSoFar> = state.lanes.get(lane) ?? {}
    const asPlanned = planned.get(lane)
    const from = so.from || asPlanned?.from || ''
    return { lane, read: so.read ?? 0n, written: so.written ?? 0n, from, to: so.to || asPlanned?.to || '' }
  })
}

/** Natural order of lane names: 2 before 10. */
export const byLane = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

const rangesInWords = (state: RunSoFar): string[] => [
  ...state.lost.map(({ lane, from, to, why }) => `Lane ${lane}: ${from} up to ${to} is lost (${why})`),
  ...standingDoubts(state).map(
    ({ lane, from, to, why, messages }) =>
      `Lane ${lane}: ${from} up to ${to} may be there twice, ${messages} messages at most (${why})`,
  ),
]

function errorOf(state: RunSoFar): Pick<Envelope, 'error'> {
  if (state.ending?.kind !== 'failed') return {}
  const { code, message, hint } = state.ending
  return { error: { code, message, hint, details: [] } }
}
