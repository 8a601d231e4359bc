import { indexFrame, type LaneRows } from './index-frame.js'
import { csvField, csvRow, INDEX_HEADER } from './index-rows.js'
import type { IndexRow } from './ports.js'
import { compress } from './zstd.js'

/** Characters that become one part; few parts compress and read well, and this is what is held in memory. */
const PART_CHARS = 1 << 20

type Seen = { first: bigint; last: bigint; rows: number }

/** Rows that are to become parts of the index. */
export class IndexText {
  #text = ''
  #rows = 0
  readonly #lanes = new Map<string, Seen>()

  /** Adds rows of a lane, in ascending order of their marks; true when they are enough for a part. */
  add(lane: string, rows: readonly IndexRow[]): boolean {
    const [head] = rows
    const tail = rows.at(-1)
    if (head === undefined || tail === undefined) return false
    const field = csvField(lane)
    let text = ''
    for (const row of rows) text += csvRow(field, row)
    this.#text += text
    this.#rows += rows.length
    this.#see(lane, { first: BigInt(head.mark), last: BigInt(tail.mark), rows: rows.length })
    return this.#text.length >= PART_CHARS
  }

  get empty(): boolean {
    return this.#rows === 0
  }

  /** Takes out what was added, as one part; it is compressed off the main thread. */
  take(): Promise<Buffer> {
    const lanes: LaneRows[] = [...this.#lanes].map(([lane, seen]) => ({ lane, ...seen }))
    const part = partOf(this.#text, this.#rows, lanes)
    this.#text = ''
    this.#rows = 0
    this.#lanes.clear()
    return part
  }

  #see(lane: string, added: Seen): void {
    const seen = this.#lanes.get(lane)
    if (seen === undefined) {
      this.#lanes.set(lane, added)
      return
    }
    seen.rows += added.rows
    if (added.first < seen.first) seen.first = added.first
    if (added.last > seen.last) seen.last = added.last
  }
}

/** The part that begins every index: the names of the columns. */
export const headerPart = (): Promise<Buffer> => partOf(INDEX_HEADER, 0, [])

/** CSV lines as a part. */
export async function partOf(text: string, rows: number, lanes: readonly LaneRows[]): Promise<Buffer> {
  return indexFrame(await compress(Buffer.from(text)), rows, lanes)
}
