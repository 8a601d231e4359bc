import type { Reconnecting } from '../system.js'

/** What is wanted of dead letters. */
export type RedriveAsked = Reconnecting & {
  /** Each message goes back where it came from. */
  readonly toOrigin: boolean
  /** Only some messages are wanted: not of a queue, which lets go of what it hands out. */
  readonly hasFilter: boolean
  /** A run is carried on: what it sends is planned already. */
  readonly resumed: boolean
  /** A dry run has time to measure. */
  readonly execute: boolean
  readonly consumersStopped: boolean
}
