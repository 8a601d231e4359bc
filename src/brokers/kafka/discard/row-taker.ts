import { crc32c } from '@node-rs/crc32'
import type { IndexRow } from '../../../archive/ports.js'
import type { RecordPlace, RecordTaker } from '../records/scatter.js'
import type { Question, Stop } from './examine.js'

/** What a record without a time carries (KIP-32). */
const NO_TIME = -1

/** Describes the records of some batches for the index, and sees where a scope of time ends. */
export class RowTaker implements RecordTaker {
  read = 0
  readonly rows: IndexRow[] = []
  stop: Stop | undefined
  readonly #prefix: string
  readonly #before: number | undefined
  readonly #indexed: boolean
  #set: Buffer | undefined

  constructor({ topic, partition, before, indexed }: Question) {
    this.#prefix = `${topic}/${partition}/`
    this.#before = before
    this.#indexed = indexed
  }

  /** Before each batch: bytes of `set` stay as they are while the rows are used, those of a codec's scratch buffer do not. */
  batch(set: Buffer): void {
    this.#set = set
  }

  take(data: Buffer, place: RecordPlace): void {
    this.read++
    const time = timeOf(place)
    if (this.#before !== undefined && this.stop === undefined && !(time < this.#before && time !== NO_TIME))
      this.stop = { offset: place.offset, why: time === NO_TIME ? 'undated' : 'newer' }
    if (this.#indexed) this.rows.push(this.#row(data, place, time))
  }

  #row(data: Buffer, { offset, keyStart, keyLength, start, end }: RecordPlace, timestamp: number): IndexRow {
    const mark = String(offset)
    return {
      id: this.#prefix + mark,
      key: keyLength < 0 ? null : this.#kept(data, keyStart, keyStart + keyLength),
      timestamp,
      mark,
      size: end - start,
      digest: crc32c(data.subarray(start, end)),
    }
  }

  #kept(data: Buffer, start: number, end: number): Buffer {
    const view = data.subarray(start, end)
    return data === this.#set ? view : Buffer.from(view)
  }
}

/** A time far from 1970 (nanoseconds by mistake) is rounded: see far-time.ts. */
const timeOf = ({ origin, timestamp }: RecordPlace): number =>
  origin === 0n ? timestamp : Number(origin + BigInt(timestamp))
