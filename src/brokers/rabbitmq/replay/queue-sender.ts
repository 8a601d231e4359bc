import type { Message } from '../../../core/message.js'
import { UncarriableError } from '../../../fanout/ports.js'
import type { Destination, ReplayExtra, ReplaySender } from '../../../replay/ports.js'
import { openQueueSender, type QueueSenderOptions } from '../work/queue-sender.js'
import type { Address } from '../work/sender-channel.js'

/** The way into queues of RabbitMQ: confirms, mandatory. Throws UserError where it cannot be reached, or the queue is not there. */
export async function openReplaySender(options: QueueSenderOptions): Promise<ReplaySender> {
  const sender = await openQueueSender(options)
  return {
    send: (message: Message, extra: ReplayExtra, to?: Destination) => sender.send(message, extra, addressOf(to)),
    [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
  }
}

function addressOf(to: Destination | undefined): Address | undefined {
  if (to === undefined) return undefined
  if ('exchange' in to) return to
  throw new UncarriableError(`topic ${to.topic} is no queue of RabbitMQ`)
}
