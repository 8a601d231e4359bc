import type { IndexRow } from '../../../archive/ports.js'
import { crcOf } from '../records/crc-of.js'
import type { RecordPlace, RecordTaker } from '../records/scatter.js'
import type { Question, Stop } from './examine.js'
import { RecordRow, type RowsOf } from './record-row.js'

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
  #from: Buffer | undefined
  #of: RowsOf | undefined

  constructor({ topic, partition, before, indexed }: Question) {
    this.#prefix = `${topic}/${partition}/`
    this.#before = before
    this.#indexed = indexed
  }

  /** Before each batch: bytes of `set` stay as they are while the rows are used, those in the scratch buffer of a codec are copied once. */
  batch(set: Buffer): void {
    this.#set = set
    this.#from = undefined
  }

  take(data: Buffer, place: RecordPlace): void {
    this.read++
    const timestamp = timeOf(place)
    if (this.#before !== undefined && this.stop === undefined && !(timestamp < this.#before && timestamp !== NO_TIME))
      this.stop = { offset: place.offset, why: timestamp === NO_TIME ? 'undated' : 'newer' }
    if (!this.#indexed) return
    const digest = crcOf(data, place.start, place.end)
    this.rows.push(new RecordRow(this.#rowsOf(data), place, { timestamp, digest }))
  }

  #rowsOf(data: Buffer): RowsOf {
    if (data === this.#from && this.#of !== undefined) return this.#of
    this.#from = data
    this.#of = { prefix: this.#prefix, data: data === this.#set ? data : copied(data) }
    return this.#of
  }
}

const copied = (data: Buffer): Buffer => {
  const copy = Buffer.allocUnsafeSlow(data.length)
  data.copy(copy)
  return copy
}

/** A time far from 1970 (nanoseconds by mistake) is rounded: see far-time.ts. */
const timeOf = ({ origin, timestamp }: RecordPlace): number =>
  origin === 0n ? timestamp : Number(origin + BigInt(timestamp))
