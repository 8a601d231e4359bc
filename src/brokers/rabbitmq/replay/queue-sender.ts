import type { Message } from '../../../core/message.js'
import { UncarriableError } from '../../../fanout/ports.js'
import type { Destination, ReplayExtra, ReplaySender } from '../../../replay/ports.js'
import { routingKey } from '../wire/delivery.js'
import { RabbitNative } from '../work/queue-message.js'
import { openQueueSender, type QueueSenderOptions } from '../work/queue-sender.js'
import type { Address } from '../work/sender-channel.js'
import type { OwnExchange } from './own-exchange.js'

/** Of a short string (AMQP 0-9-1, 4.2.5.3). */
const LONGEST_KEY = 255

export type ReplaySenderOptions = QueueSenderOptions & {
  /** By it messages keep their routing keys: those of RabbitMQ, and rows that a mapping gives one. */
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

async function keptKey(message: Message, exchange: OwnExchange | undefined): Promise<Address | undefined> {
  const { native } = message
  const own = native instanceof RabbitNative ? routingKey(native.delivery) : message.routingKey
  if (own === undefined) return undefined
  if (own.length > LONGEST_KEY)
    throw new UncarriableError(`its routing key has ${own.length} bytes; AMQP takes ${LONGEST_KEY}`)
  const name = await exchange?.name()
  return name === undefined ? undefined : { exchange: name, routingKey: own }
}

function addressOf(to: Destination): Address {
  if ('exchange' in to) return to
  throw new UncarriableError(`topic ${to.topic} is no queue of RabbitMQ`)
}
