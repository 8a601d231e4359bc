import type { DiscardPlan } from '../../../core/discard-plan.js'
import type { RabbitLink } from '../link.js'
import type { Allowed } from '../relay/request.js'
import type { Delivery } from '../wire/delivery.js'

/** What the discard of a queue is told and given by whoever runs it. */
export type QueueDiscardRequest = {
  readonly plan: DiscardPlan
  /** Dials a new connection, on which nothing is ever published; called again after each loss. */
  readonly connect: () => Promise<RabbitLink>
  /** By the events that were journalled so far: settled messages, those that may be in the archive twice, and those in the archive that may be in the queue. */
  readonly journalled: { readonly read: bigint; readonly twice: bigint; readonly unresolved: bigint }
  /** How many messages were ready when the run began; undefined until `noteReady` was called. */
  readonly readyAtStart: number | undefined
  /** Notes in the journal how many messages are ready as the run begins. */
  readonly noteReady: (messages: number) => Promise<void>
  /**
   * Where nothing is kept: messages that came back to the queue after they had been acked, as a crashed broker may bring them; and whether an
   * execution ended amid such a loss.
   */
  readonly again: { readonly messages: number; readonly open: boolean }
  /** Notes in the journal that the connection was lost. */
  readonly noteLoss: () => Promise<void>
  /** Notes what came back after a loss; 0 closes it as well. */
  readonly noteAgain: (messages: number) => Promise<void>
  /** Throws BrokerError, retriable, where the queue is known to have no leader: its counts are worth nothing then. */
  readonly assertLeader?: () => Promise<void>
  /** An earlier execution of this run ended; what it left unacked comes again, redelivered. */
  readonly resumed: boolean
  /** An allowance before each batch. */
  readonly allow: (soft: AbortSignal) => Promise<Allowed>
  /** Where messages are kept before they are acked; absent: nothing is kept. */
  readonly keep?: Keep
  /** Notes in the journal that the archive may have so many messages twice. */
  readonly noteTwice: (messages: number) => Promise<void>
  /** Notes that the archive may have so many messages that are still in the queue; a negative number takes that back. */
  readonly noteUnresolved: (messages: number) => Promise<void>
  /** Notes that so many messages came back after their acks had been taken, and were known again. */
  readonly noteKnown: (messages: number) => Promise<void>
  /** After this long without being asked for more, the consumer stands down. Milliseconds; 60,000 unless told. */
  readonly idleMs?: number
}

/** Keeps messages, in the order in which they came. */
export interface Keep {
  /** Messages that it has by now, on disk or on their way there; of earlier executions too. */
  readonly messages: number
  /** Takes a run of messages; their bytes may be used again when it resolves. Throws HoldError where there is no room (nothing of them is in it then), RunError. */
  append(deliveries: readonly Delivery[]): Promise<void>
  /** Resolves when all that was appended before the call is on disk. Throws as `append`. */
  sync(): Promise<void>
  /** What tells its last messages (see `contentOf`), in order; all that it has is on disk then. Throws as `append`. */
  last(messages: number): Promise<readonly string[]>
}
