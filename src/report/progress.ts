import type { RunEvent } from '../core/event.js'

/** What a progress bar shows. */
export type Progress = {
  /** Offsets or messages behind us, and all of them; holes and markers count, as they do in `total`. */
  readonly done: number
  readonly total: number
  /** Messages a second over the last 10 s; while held, 0. */
  readonly messagesPerSecond: number
  /** Undefined until 3 s of work have shown a speed, and while held. */
  readonly etaSeconds?: { readonly low: number; readonly high: number }
  readonly state: 'starting' | 'running' | 'held' | 'ended'
  /** Of the oldest hold that is open. */
  readonly holdReason?: string
}

type Sample = { readonly at: number; readonly done: number }

/** The fold behind the bar. Times are milliseconds since the epoch. */
export type ProgressSoFar = {
  readonly total: number
  readonly done: number
  /** What earlier executions had done when this one began. */
  readonly before: number
  readonly startedAt?: number
  readonly ended: boolean
  readonly holds: readonly string[]
  readonly samples: readonly Sample[]
}

const WINDOW_MS = 10_000
const ENOUGH_MS = 3_000
/** Samples closer than this are one. */
const STEP_MS = 250

/** Nothing done yet of `total`, the sum of the plan's lanes. */
export const noProgress = (total: bigint): ProgressSoFar => ({
  total: Number(total),
  done: 0,
  before: 0,
  ended: false,
  holds: [],
  samples: [],
})

/** The progress after one more event. Pure. */
export function foldProgress(state: ProgressSoFar, event: RunEvent): ProgressSoFar {
  const at = Date.parse(event.at)
  switch (event.type) {
    case 'started': {
      const { done } = state
      return { ...state, before: done, startedAt: at, ended: false, holds: [], samples: [{ at, done }] }
    }
    case 'settled': {
      const { read, holes, markers, aborted } = event.counts
      const done = state.done + Number(read + holes + markers + aborted)
      return { ...state, done, samples: withSample(state.samples, { at, done }) }
    }
    case 'held':
      return { ...state, holds: [...state.holds, event.reason] }
    case 'released': {
      const holds = state.holds.filter(reason => reason !== event.reason)
      // The time of the hold is no time of work: the moving rate starts again behind it.
      return { ...state, holds, samples: holds.length === 0 ? [{ at, done: state.done }] : state.samples }
    }
    case 'ended':
      return { ...state, ended: true }
    default:
      return state
  }
}

/** What to show at this moment, in milliseconds since the epoch. Pure. */
export function progressAt(state: ProgressSoFar, now: number): Progress {
  const [holdReason] = state.holds
  const phase = phaseOf(state)
  const moving = phase === 'running' ? movingRate(state.samples, now) : 0
  const eta = phase === 'running' ? etaOf(state, moving, now) : undefined
  return {
    done: state.done,
    total: Math.max(state.total, state.done),
    messagesPerSecond: moving,
    ...(eta === undefined ? {} : { etaSeconds: eta }),
    state: phase,
    ...(holdReason === undefined ? {} : { holdReason }),
  }
}

function phaseOf(state: ProgressSoFar): Progress['state'] {
  if (state.ended) return 'ended'
  if (state.startedAt === undefined) return 'starting'
  return state.holds.length > 0 ? 'held' : 'running'
}

function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const recent = samples.filter(({ at }) => at >= sample.at - WINDOW_MS - STEP_MS)
  const last = recent.at(-1)
  const crowded = recent.length > 1 && last !== undefined && sample.at - last.at < STEP_MS
  return crowded ? [...recent.slice(0, -1), { at: last.at, done: sample.done }] : [...recent, sample]
}

function movingRate(samples: readonly Sample[], now: number): number {
  const inWindow = samples.filter(({ at }) => at >= now - WINDOW_MS - STEP_MS)
  const first = inWindow[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined) return 0
  const seconds = (now - first.at) / 1000
  return seconds > 0 ? (last.done - first.done) / seconds : 0
}

/** Between the moving rate and the rate of this whole execution: an honest range, not one number. */
function etaOf(state: ProgressSoFar, moving: number, now: number): Progress['etaSeconds'] {
  const elapsed = now - (state.startedAt ?? now)
  const overall = elapsed > 0 ? ((state.done - state.before) * 1000) / elapsed : 0
  if (elapsed < ENOUGH_MS || moving <= 0 || overall <= 0) return undefined
  const left = Math.max(0, state.total - state.done)
  return { low: left / Math.max(moving, overall), high: left / Math.min(moving, overall) }
}
