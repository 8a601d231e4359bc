import { onChannel } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'

/** Deletes a rehearsal's queue with all that is in it, and the exchange in front of it. Names that are not there are fine. Throws UserError, BrokerError. */
export async function removeQueue(link: RabbitLink, queue: string, exchange: string): Promise<void> {
  // Both methods answer ok for names that are not there (rabbitmq.com/docs/specification#rules).
  await onChannel(link, { doing: `Deleting queue ${queue}`, permission: 'configure' }, async channel => {
    await channel.deleteQueue(queue)
    await channel.deleteExchange(exchange)
  })
}
