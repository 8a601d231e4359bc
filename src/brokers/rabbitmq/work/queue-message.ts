import type { Message, MessageHeader } from '../../../core/message.js'
import { bodyOf, type Delivery } from '../wire/delivery.js'
import { FRAME_HEAD, FRAME_OVERHEAD } from '../wire/frames.js'
import { headersOf, timestampOf } from './headers.js'
import { idOf } from './message-id.js'
import { messageKey } from './message-key.js'

/** A message of RabbitMQ in its own form: the frames that brought it. */
export class RabbitNative {
  readonly delivery: Delivery

  constructor(delivery: Delivery) {
    this.delivery = delivery
  }
}

/** Where a message was read, and what is its key. */
export type Reading = { readonly target: string; readonly lane: string; readonly key?: string | undefined }

/** A delivery as handlers see it; each field is computed when it is first asked for. */
export class QueueMessage implements Message {
  readonly native: RabbitNative
  readonly #reading: Reading
  #id: string | undefined
  #key: Buffer | null | undefined
  #value: Buffer | undefined
  #headers: readonly MessageHeader[] | undefined

  constructor(delivery: Delivery, reading: Reading) {
    this.native = new RabbitNative(delivery)
    this.#reading = reading
  }

  get id(): string {
    this.#id ??= idOf(this.native.delivery, this.value)
    return this.#id
  }

  get key(): Buffer | null {
    if (this.#key === undefined) this.#key = messageKey(this.native.delivery, this.#reading.key)
    return this.#key
  }

  get value(): Buffer {
    this.#value ??= wholeBody(this.native.delivery)
    return this.#value
  }

  get headers(): readonly MessageHeader[] {
    this.#headers ??= headersOf(this.native.delivery)
    return this.#headers
  }

  get timestamp(): number {
    return timestampOf(this.native.delivery)
  }

  get target(): string {
    return this.#reading.target
  }

  get lane(): string {
    return this.#reading.lane
  }

  /** The delivery tag: how many this channel had delivered with it. */
  get mark(): string {
    return String(this.native.delivery.tag)
  }

  /** Bytes of its header and body frames. */
  get size(): number {
    const { header, end } = this.native.delivery
    return end - header
  }
}

/** The body: a view where it came in one frame, as nearly all do. */
function wholeBody(delivery: Delivery): Buffer {
  const { bytes, body, end, size } = delivery
  if (end - body === size + FRAME_OVERHEAD) return bytes.subarray(body + FRAME_HEAD, end - 1)
  return bodyOf(delivery)
}

/** The same delivery in bytes of its own, so that one message that is held long does not hold on to what came with it. */
export function detached(delivery: Delivery): Delivery {
  const { at, header, body, end, routing, bytes } = delivery
  if ((end - at) * 2 >= bytes.length) return delivery
  return {
    ...delivery,
    bytes: Buffer.from(bytes.subarray(at, end)),
    at: 0,
    header: header - at,
    body: body - at,
    end: end - at,
    routing: routing - at,
  }
}
