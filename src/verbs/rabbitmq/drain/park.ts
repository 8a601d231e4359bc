import { randomBytes } from 'node:crypto'
import type { ParkedMessage } from '../../../brokers/rabbitmq/relay/request.js'
import type { RunFolder } from '../../../journal/run-folder.js'

/** Names under which a parked message keeps what a record of Kafka does not have. */
export const PARKED = { header: 'amqp.content-header', exchange: 'amqp.exchange' } as const

/**
 * What a drain gives to the relay to set messages aside: the routing key is the key, the body the value, the content header a header. A
 * queue has no positions, so what comes again after a kill cannot be told from another of the same bytes: each is kept.
 */
export function parking(folder: RunFolder, now: () => Date): (parked: ParkedMessage) => Promise<void> {
  const execution = randomBytes(4).toString('hex')
  let count = 0
  return async ({ queue, mark, exchange, routingKey, header, body, reason }) => {
    count += 1
    await folder.park({
      key: routingKey,
      value: body,
      headers: [
        [PARKED.header, header],
        [PARKED.exchange, Buffer.from(exchange)],
      ],
      timestamp: -1n,
      reason,
      attempts: 0,
      origin: { target: queue, lane: queue, mark: `${mark}.${execution}.${count}`, at: now().toISOString() },
    })
  }
}
