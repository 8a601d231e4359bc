import type { RabbitLink } from '../link.js'
import type { Delivery } from '../wire/delivery.js'
import type { OwnConsumers } from './own-consumers.js'

/** What an intake is made of. */
export type IntakeParts = {
  readonly link: RabbitLink
  readonly queue: string
  /** Nobody else may consume: classic queues that are not single-active-consumer. */
  readonly exclusive: boolean
  /** A quorum queue, which takes back what is under way at a cancel. */
  readonly takesBack: boolean
  /**
   * A quorum queue before 4.0 has no place for a nacked message: without a delivery-limit it goes behind all others, else many at once are
   * shuffled (rabbit_fifo.erl of 3.10: `#requeue{}`, and `maps:fold` in `return/5`). What a channel held when it ended comes back in order.
   */
  readonly nacksReorder: boolean
  readonly seen: (delivery: Delivery) => void
  readonly consumers: OwnConsumers
}

/** The reason of a hold while somebody else consumes. */
export const consumerSeen = (queue: string): string => `another consumer seen on queue ${queue}`
