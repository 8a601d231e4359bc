import type { Message, MessageHeader } from '../../../core/message.js'
import { murmur2 } from '../../../core/murmur2.js'
import type { RecordPlace } from '../records/scatter.js'
import { Fields } from './fields.js'

/** Topic and lane of many messages, held once. */
export type Lane = { readonly topic: string; readonly lane: string }

/**
 * A record as a message: it remembers where its bytes stand and reads a field when it is asked for, because most handlers look at one or two of them, and
 * views that are kept cost the garbage collector more than making them anew. `data` is never written to again.
 */
export class KafkaMessage implements Message {
  readonly offset: number
  readonly data: Buffer
  /** Key length to last header byte stand at data[start, end). */
  readonly start: number
  readonly end: number
  /** Time in ms is `origin` + `time`; see far-time.ts. */
  readonly origin: bigint
  readonly time: number
  readonly #lane: Lane
  readonly #keyStart: number
  readonly #keyLength: number

  /** `place` is read at once: the walk uses the same object for every record. */
  constructor(lane: Lane, data: Buffer, place: RecordPlace) {
    this.offset = place.offset
    this.data = data
    this.start = place.start
    this.end = place.end
    this.origin = place.origin
    this.time = place.timestamp
    this.#lane = lane
    this.#keyStart = place.keyStart
    this.#keyLength = place.keyLength
  }

  /** `TOPIC/PARTITION/OFFSET`. */
  get id(): string {
    return `${this.#lane.topic}/${this.#lane.lane}/${this.offset}`
  }

  get target(): string {
    return this.#lane.topic
  }

  get lane(): string {
    return this.#lane.lane
  }

  get mark(): string {
    return String(this.offset)
  }

  get timestamp(): number {
    return this.origin === 0n ? this.time : Number(this.origin + BigInt(this.time))
  }

  /** Its lengths count as well: some bytes a field. */
  get size(): number {
    return this.end - this.start
  }

  get key(): Buffer | null {
    return this.#keyLength < 0 ? null : this.data.subarray(this.#keyStart, this.#keyStart + this.#keyLength)
  }

  get keyHash(): number | undefined {
    return this.#keyLength < 0 ? undefined : murmur2(this.data, this.#keyStart, this.#keyLength)
  }

  get value(): Buffer | null {
    return new Fields(this.data, this.#valueAt()).bytes()
  }

  get headers(): readonly MessageHeader[] {
    const fields = new Fields(this.data, this.#valueAt())
    fields.skip()
    const count = fields.varint()
    if (count === 0) return NONE
    const headers: MessageHeader[] = []
    for (let i = 0; i < count; i++) headers.push([fields.name(), fields.bytes()])
    return headers
  }

  /** Itself: a sender to Kafka copies its bytes as they are. */
  get native(): KafkaMessage {
    return this
  }

  #valueAt(): number {
    return this.#keyStart + Math.max(0, this.#keyLength)
  }
}

const NONE: readonly MessageHeader[] = []
