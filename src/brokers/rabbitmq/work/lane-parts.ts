import type { QueueType } from '../../../core/queue-plan.js'
import type { RabbitLink } from '../link.js'
import type { OwnConsumers } from '../relay/own-consumers.js'
import type { Depth } from './depth.js'
import type { Reading } from './queue-message.js'

/** What one life of a lane is made of. */
export type LaneParts = {
  readonly link: RabbitLink
  readonly queue: string
  readonly reading: Reading
  /** Consume exclusively: classic queues without a single active consumer; others take no notice of it. */
  readonly exclusive: boolean
  /** Nobody else is to consume it, so that a consumer that is counted is one of ours. */
  readonly isAlone: boolean
  readonly depth: Depth
  /**
   * Keep the consumer that was begun: a quorum queue before 4.0 puts what a cancelled one held behind all others when the channel ends
   * (rabbit_fifo.erl of 3.10), while what a living one held comes back in order.
   */
  readonly fixed: boolean
  /** Hand over so many messages at most, and be finished then. */
  readonly limit?: number
  /** Nothing is added to the queue any more. */
  readonly isWhole: () => boolean | Promise<boolean>
  /** Messages of the queue that others hold unacked, where the management API tells; it may be seconds late. */
  readonly unacked?: () => Promise<number | undefined>
  /** Deliveries of one message before a quorum queue drops or dead-letters it. */
  readonly deliveryLimit?: DeliveryLimit
  /** Knows our consumers as the broker may count them, where somebody watches for foreign ones. */
  readonly consumers?: OwnConsumers
  /** A quorum queue, or one of which that is not known: a channel that ends drops acks that it was not sent yet (rabbit_fifo_client). */
  readonly dropsAcks: boolean
  /** How many of so many messages that were delivered before a handler may have seen. */
  readonly doubtful: (redelivered: number) => number | Promise<number>
  /** Called before so many messages are acked. */
  readonly beforeAcks?: (messages: number) => Promise<void>
  /** The channel has ended. */
  readonly ended: (end: LaneEnded) => void | Promise<void>
}

/** How a life of a lane ended. */
export type LaneEnded = {
  readonly finished: boolean
  /** Messages that were settled, as far as the broker has told. */
  readonly settled: number
  /** Messages that went back, none of which a handler has seen, or the engine has told of it; undefined where nobody knows. */
  readonly givenBack: number | undefined
}

/** How often a quorum queue delivers a message before it drops or dead-letters it, and what sets that. */
export type DeliveryLimit = { readonly limit: number; readonly by: string }

/** Whether consumers of a queue are to be kept, by its type and the server's version. */
export const isFixed = ({ version }: RabbitLink, queueType: QueueType | undefined): boolean =>
  queueType !== 'classic' && Number.parseInt(version, 10) < 4
