import { onChannel } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'

/** Optional arguments of a queue, such as `x-message-ttl` (rabbitmq.com/docs/queues#optional-arguments). */
export type QueueArguments = Readonly<Record<string, string | number>>

/** Makes a durable classic queue for a rehearsal. Throws UserError `permission`, BrokerError where one of that name has other arguments. */
export async function makeQueue(link: RabbitLink, queue: string, args: QueueArguments): Promise<void> {
  const context = { doing: `Declaring queue ${queue}`, queue, permission: 'configure' } as const
  await onChannel(link, context, channel => channel.assertQueue(queue, { durable: true, arguments: args }))
}
