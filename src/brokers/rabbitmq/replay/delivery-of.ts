import type { QueueRecord } from '../archive/record.js'
import type { Delivery } from '../wire/delivery.js'
import { FRAME, FRAME_END, FRAME_HEAD, FRAME_OVERHEAD, METHOD } from '../wire/frames.js'

/** Of basic.deliver (AMQP 0-9-1, 1.8.3.13): class and method, an empty consumer tag, delivery tag, redelivered. */
const DELIVER_FIXED = 4 + 1 + 8 + 1

/** A message that was kept, as the frames of a delivery with this tag; its body is one frame, however long. */
export function deliveryOf(record: QueueRecord, tag: number): Delivery {
  const { exchange, routingKey, redelivered, header, body } = record
  const size = body.reduce((sum, part) => sum + part.length, 0)
  const method = Buffer.alloc(DELIVER_FIXED)
  method.writeUInt32BE(METHOD.deliver, 0)
  method.writeBigUInt64BE(BigInt(tag), 5)
  method[13] = redelivered ? 1 : 0
  const names = [Buffer.of(exchange.length), exchange, Buffer.of(routingKey.length), routingKey]
  const deliver = frame(FRAME.method, [method, ...names])
  const bytes = Buffer.concat([
    deliver,
    frame(FRAME.header, [header]),
    ...(size === 0 ? [] : [frame(FRAME.body, body)]),
  ])
  const headerAt = deliver.length
  return {
    bytes,
    at: 0,
    header: headerAt,
    body: headerAt + header.length + FRAME_OVERHEAD,
    end: bytes.length,
    size,
    tag,
    redelivered,
    routing: FRAME_HEAD + DELIVER_FIXED + 1 + exchange.length,
  }
}

function frame(type: number, payload: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(FRAME_HEAD)
  head[0] = type
  head.writeUInt32BE(
    payload.reduce((sum, part) => sum + part.length, 0),
    3,
  )
  return Buffer.concat([head, ...payload, Buffer.of(FRAME_END)])
}
