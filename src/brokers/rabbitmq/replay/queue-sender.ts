import type { Message } from '../../../core/message.js'
import { UncarriableError } from '../../../fanout/ports.js'
import type { Destination, ReplayExtra, ReplaySender } from '../../../replay/ports.js'
import { routingKey } from '../wire/delivery.js'
import { RabbitNative } from '../work/queue-message.js'
import { openQueueSender, type QueueSenderOptions } from '../work/queue-sender.js'
import type { Address } from '../work/sender-channel.js'
import type { OwnExchange } from './own-exchange.js'

export type ReplaySenderOptions = QueueSenderOptions & {
  /** By it messages of RabbitMQ keep their routing keys. */
  readonly exchange?: OwnExchange
}

/** The way into queues of RabbitMQ: confirms, mandatory. Throws UserError where it cannot be reached, or the queue is not there. */
export async function openReplaySender({ exchange, ...options }: ReplaySenderOptions): Promise<ReplaySender> {
  const sender = await openQueueSender(options)
  return {
    async send(message: Message, extra: ReplayExtra, to?: Destination) {
      const own = to === undefined ? await keptKey(message, exchange) : addressOf(to)
      await sender.send(message, extra, own)
    },
    async [Symbol.asyncDispose]() {
      await sender[Symbol.asyncDispose]()
      await exchange?.close()
    },
  }
}

async function keptKey({ native }: Message, exchange: OwnExchange | undefined): Promise<Address | undefined> {
  if (!(native instanceof RabbitNative)) return undefined
  const name = await exchange?.name()
  return name === undefined ? undefined : { exchange: name, routingKey: routingKey(native.delivery) }
}

function addressOf(to: Destination): Address {
  if ('exchange' in to) return to
  throw new UncarriableError(`topic ${to.topic} is no queue of RabbitMQ`)
}
