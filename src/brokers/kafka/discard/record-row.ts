import type { IndexRow } from '../../../archive/ports.js'
import type { RecordPlace } from '../records/scatter.js'

/** What does not change from one record to the next. `prefix`: what its id begins with; `data` holds the records of one batch. */
export type RowsOf = { readonly prefix: string; readonly data: Buffer }

/** A record in the index. Id, mark and key are made when they are asked for: there are millions of rows, and each is asked once. */
export class RecordRow implements IndexRow {
  readonly timestamp: number
  readonly size: number
  readonly digest: number
  readonly #of: RowsOf
  readonly #offset: number
  readonly #keyStart: number
  readonly #keyLength: number

  /** `place` is read at once: the walk uses the same object for every record. */
  constructor(of: RowsOf, place: RecordPlace, known: { readonly timestamp: number; readonly digest: number }) {
    this.timestamp = known.timestamp
    this.size = place.end - place.start
    this.digest = known.digest
    this.#of = of
    this.#offset = place.offset
    this.#keyStart = place.keyStart
    this.#keyLength = place.keyLength
  }

  /** `TOPIC/PARTITION/OFFSET`. */
  get id(): string {
    return this.#of.prefix + this.#offset
  }

  get mark(): string {
    return String(this.#offset)
  }

  get key(): Buffer | null {
    return this.#keyLength < 0 ? null : this.#of.data.subarray(this.#keyStart, this.#keyStart + this.#keyLength)
  }
}
