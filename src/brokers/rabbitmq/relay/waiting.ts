import { type Delivery, held } from '../wire/delivery.js'

/** Messages of one piece, so that time and alarms are looked at often enough. */
const PIECE = 256
const PIECE_BYTES = 1 << 20

/** Messages that came and were not taken yet, in order of delivery. */
export class Waiting {
  #deliveries: Delivery[] = []
  #bytes = 0

  get length(): number {
    return this.#deliveries.length
  }

  /** Delivery tag of the first; Infinity where there is none. */
  get first(): number {
    return this.#deliveries[0]?.tag ?? Number.POSITIVE_INFINITY
  }

  /** Bytes of their frames. */
  get bytes(): number {
    return this.#bytes
  }

  push(delivery: Delivery): void {
    this.#deliveries.push(delivery)
    this.#bytes += held(delivery)
  }

  /** The next messages: at most so many, at least one if there is one. */
  next(records: number, bytes: number): Delivery[] {
    let count = 0
    let sum = 0
    const most = Math.min(records, PIECE, this.#deliveries.length)
    const room = Math.min(bytes, PIECE_BYTES)
    for (; count < most && (count === 0 || sum < room); count++) sum += held(this.#deliveries[count] as Delivery)
    this.#bytes -= sum
    return this.#deliveries.splice(0, count)
  }

  /** All of them, and none is left. */
  clear(): Delivery[] {
    this.#bytes = 0
    return this.#deliveries.splice(0)
  }
}
