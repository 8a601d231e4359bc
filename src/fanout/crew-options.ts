import type { Handler, Park } from './ports.js'
import type { Throttle } from './throttle.js'

/** What a crew works with, and how it judges what fails. */
export type CrewOptions = {
  readonly handler: Handler
  readonly throttle: Throttle
  readonly park: Park
  /** Failed tries of a message that are tried again. */
  readonly retries: number
  /** Percent of what is over, or of all that is expected; absent: parked messages never stop the run. */
  readonly maxParkedPercent?: number | undefined
  readonly expected: number
  readonly hard: AbortSignal
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly random: () => number
  /** The run cannot go on. */
  readonly fail: (error: unknown) => void
}
