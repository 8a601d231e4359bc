import { workQueues } from '../../../brokers/rabbitmq/practise/stand-in.js'
import type { RabbitSettings } from '../../../brokers/rabbitmq/settings.js'
import type { Crew } from '../shift.js'

/** One consumer on each of these queues, as the real ones would work them. */
export const consumersOf = (settings: RabbitSettings, queues: readonly string[]): Crew => ({
  came: queues.length === 1 ? '1 consumer came' : `${queues.length} consumers came, one a queue`,
  left: 'acked each, and left',
  facts: { queues },
  work: ({ take, enough, signal }) => {
    const handle = (routingKey: string, body: Buffer) => take(Buffer.from(routingKey), body)
    return workQueues({ settings, queues, handle, enough }, signal)
  },
})
