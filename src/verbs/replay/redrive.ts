import type { ReplayPlan } from '../../core/replay-plan.js'
import type { ReplaySource } from '../../replay/ports.js'
import type { Reconnecting, Running } from '../system.js'
import type { ReplaySubject } from './ends.js'

/** What is wanted of dead letters. */
export type RedriveAsked = Reconnecting & {
  /** Each message goes back where it came from. */
  readonly toOrigin: boolean
  /** Only some messages are wanted: not of a queue, which lets go of what it hands out. */
  readonly hasFilter: boolean
  /** A dry run has time to measure. */
  readonly execute: boolean
  readonly consumersStopped: boolean
}

/** A dead-letter topic or queue as what is sent again. */
export type DeadLetterSubject = Omit<ReplaySubject, 'open'> & {
  /** Locks the queue, or watches the group. Throws UserError, Refusal, BrokerError. */
  open(plan: Pick<ReplayPlan, 'lanes'>, running: Running<ReplayPlan>): Promise<ReplaySource>
}

/** The connection of one command to a dead-letter topic or queue; looked at again while `--wait` polls. */
export type DeadLetters = AsyncDisposable & {
  /** Consumes nothing and commits nothing. Throws UserError `no-topic`, `no-queue`, `permission`, BrokerError. */
  look(): Promise<DeadLetterSubject>
}
