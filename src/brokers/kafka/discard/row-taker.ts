import type { OffsetLines, OffsetRow } from '../../../archive/offset-lines.js'
import { crcOf } from '../records/crc-of.js'
import type { RecordPlace, RecordTaker } from '../records/scatter.js'
import type { Question, Stop } from './examine.js'

/** What a record without a time carries (KIP-32). */
const NO_TIME = -1

/** Describes the records of some batches for the index, and sees where a scope of time ends. */
export class RowTaker implements RecordTaker {
  read = 0
  stop: Stop | undefined
  readonly #before: number | undefined
  readonly #index: OffsetLines | undefined
  readonly #row: OffsetRow = { offset: 0, keyStart: 0, keyLength: 0, timestamp: 0, size: 0, digest: 0 }

  constructor({ before, index }: Question) {
    this.#before = before
    this.#index = index
    index?.clear()
  }

  take(data: Buffer, place: RecordPlace): void {
    this.read++
    const timestamp = timeOf(place)
    if (this.#before !== undefined && this.stop === undefined && !(timestamp < this.#before && timestamp !== NO_TIME))
      this.stop = { offset: place.offset, why: timestamp === NO_TIME ? 'undated' : 'newer' }
    if (this.#index === undefined) return
    const { start, end } = place
    const row = this.#row
    row.offset = place.offset
    row.keyStart = place.keyStart
    row.keyLength = place.keyLength
    row.timestamp = timestamp
    row.size = end - start
    row.digest = crcOf(data, start, end)
    this.#index.add(data, row)
  }
}

/** A time far from 1970 (nanoseconds by mistake) is rounded: see far-time.ts. */
const timeOf = ({ origin, timestamp }: RecordPlace): number =>
  origin === 0n ? timestamp : Number(origin + BigInt(timestamp))
