import { recordOf } from '../../brokers/rabbitmq/archive/record.js'
import { deliveryOf } from '../../brokers/rabbitmq/replay/delivery-of.js'
import { QueueMessage, RabbitNative } from '../../brokers/rabbitmq/work/queue-message.js'
import type { Message } from '../../core/message.js'
import type { ParkedFrames, ParkedRecord } from '../../journal/parked.js'
import { PARKED } from './drain/park.js'

/** What a message of RabbitMQ came as, for the parking file; nothing for one of another system. */
export function framesOf({ native }: Message): Pick<ParkedRecord, 'amqp'> {
  if (!(native instanceof RabbitNative)) return {}
  const { exchange, routingKey, header } = recordOf(native.delivery)
  return { amqp: { exchange, routingKey, header } }
}

/** A parked message that came as frames, as it came; undefined where the record has none. `at` is its place in the file. */
export function parkedMessage(record: ParkedRecord, queue: string, at: number): Message | undefined {
  const frames = record.amqp ?? ofDrain(record)
  if (frames === undefined) return undefined
  const { exchange, routingKey, header } = frames
  const kept = {
    exchange: bufferOf(exchange),
    routingKey: bufferOf(routingKey),
    // The counts that a queue may have added are no part of it.
    redelivered: true,
    header: bufferOf(header),
    body: [bufferOf(record.value ?? new Uint8Array())],
  }
  return new QueueMessage(deliveryOf(kept, at), { target: queue, lane: queue, key: 'routing-key' })
}

/** A drain keeps the routing key as the key, and the rest as headers. */
function ofDrain({ key, headers }: ParkedRecord): ParkedFrames | undefined {
  const named = new Map(headers.map(([name, value]) => [name, value]))
  const [header, exchange] = [named.get(PARKED.header), named.get(PARKED.exchange)]
  if (header == null || exchange == null) return undefined
  return { exchange, routingKey: key ?? new Uint8Array(), header }
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
