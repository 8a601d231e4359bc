import { isUtf8 } from 'node:buffer'
import type { Message, MessageHeader } from '../../../core/message.js'
import type { RecordPlace } from '../records/scatter.js'
import { Fields } from './fields.js'

/** Topic and lane of many messages, held once. */
export type Lane = { readonly topic: string; readonly lane: string }

/**
 * A record as a message: it remembers where its bytes stand and reads each field on first use, because most handlers look at one or two of them.
 * The bytes are views of `data`, which is never written to again.
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
  #key: Buffer | null | undefined
  #value: Buffer | null | undefined
  #headers: readonly MessageHeader[] | undefined

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
    if (this.#key === undefined) {
      this.#key = this.#keyLength < 0 ? null : this.data.subarray(this.#keyStart, this.#keyStart + this.#keyLength)
    }
    return this.#key
  }

  get value(): Buffer | null {
    if (this.#value === undefined) this.#value = new Fields(this.data, this.#valueAt()).bytes()
    return this.#value
  }

  get headers(): readonly MessageHeader[] {
    this.#headers ??= this.#readHeaders()
    return this.#headers
  }

  /** Itself: a sender to Kafka copies its bytes as they are. */
  get native(): KafkaMessage {
    return this
  }

  #valueAt(): number {
    return this.#keyStart + Math.max(0, this.#keyLength)
  }

  #readHeaders(): readonly MessageHeader[] {
    const fields = new Fields(this.data, this.#valueAt())
    fields.skip()
    const count = fields.varint()
    if (count === 0) return NONE
    return Array.from({ length: count }, () => [nameOf(fields.bytes()), fields.bytes()] as const)
  }
}

const NONE: readonly MessageHeader[] = []

const nameOf = (name: Buffer | null): string | Buffer => {
  if (name === null) return ''
  return isUtf8(name) ? name.toString() : name
}
