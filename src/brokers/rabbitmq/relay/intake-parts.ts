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
  readonly seen: (delivery: Delivery) => void
  readonly consumers: OwnConsumers
}
