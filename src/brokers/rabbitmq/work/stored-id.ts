import type { Delivery } from '../wire/delivery.js'
import { FRAME_END, FRAME_HEAD } from '../wire/frames.js'
import { idOf } from './message-id.js'

/** A message as it is kept outside of a queue: the payload of its content header (AMQP 0-9-1, 2.3.5.2), routing key and body, as they came. */
export type StoredContent = { readonly routingKey: Buffer; readonly header: Buffer; readonly body: Buffer }

/** The id that `idOf` gave it when it was delivered. Throws RangeError for what is no content header. */
export const storedId = ({ routingKey, header, body }: StoredContent): string => {
  const head = Buffer.concat([Buffer.of(routingKey.length), routingKey])
  const bytes = Buffer.concat([head, Buffer.alloc(FRAME_HEAD), header, Buffer.of(FRAME_END)])
  const delivery: Delivery = {
    bytes,
    at: 0,
    routing: 0,
    header: head.length,
    body: bytes.length,
    end: bytes.length,
    size: body.length,
    tag: 0,
    redelivered: false,
  }
  return idOf(delivery, body)
}
