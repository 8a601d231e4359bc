import type { QueueType } from '../../../core/queue-plan.js'
import { Refusal } from '../../../errors.js'
import type { RabbitLink } from '../link.js'
import { deliveryCount } from '../relay/edits.js'
import type { Delivery } from '../wire/delivery.js'
import type { DeliveryLimit, LaneParts } from './lane-parts.js'

/** A message this near to the delivery-limit stops the run. */
const MARGIN = 3

/** Refusal `delivery-limit` for a message that one more delivery or two could lose; undefined for any other. */
export function limitRefusal(delivery: Delivery, queue: string, limit: DeliveryLimit | undefined): Refusal | undefined {
  if (limit === undefined || !delivery.redelivered) return undefined
  const count = deliveryCount(delivery)
  return count >= limit.limit - MARGIN ? nearLimit(queue, count, limit) : undefined
}

/** Throws what `limitRefusal` gives. */
export function assertFarFromLimit(delivery: Delivery, { queue, deliveryLimit }: LaneParts): void {
  const refusal = limitRefusal(delivery, queue, deliveryLimit)
  if (refusal !== undefined) throw refusal
}

const nearLimit = (queue: string, count: number, { limit, by }: DeliveryLimit): Refusal =>
  new Refusal(`A message of ${queue} was delivered ${count} times; at ${limit} the queue drops or dead-letters it`, {
    code: 'delivery-limit',
    hint: `Raise delivery-limit for this queue (set by ${by}) with a policy, as {"delivery-limit": ${limit + 100}}, then resume.`,
  })

/** Quorum queues of RabbitMQ 4 have a limit where nobody set one. rabbitmq.com/docs/quorum-queues#poison-message-handling */
export const usualLimit = ({ version }: RabbitLink, queueType: QueueType | undefined): DeliveryLimit | undefined =>
  queueType !== 'classic' && Number.parseInt(version, 10) >= 4
    ? { limit: 20, by: 'the default of RabbitMQ 4' }
    : undefined
