import { indexFrame, type LaneRows } from './index-frame.js'
import { INDEX_HEADER, IndexRows } from './index-rows.js'
import { csvField } from './line-buffer.js'
import type { PieceRows } from './ports.js'
import { compress } from './zstd.js'

/** Bytes of lines that become one part: larger ones compress no better, and this is what is held in memory. */
const PART_BYTES = 1 << 20

type Seen = { first: bigint; last: bigint; rows: number }

/** The marks of rows, and their number; undefined where there are none. */
export function seenIn({ rows, lines }: PieceRows): Seen | undefined {
  const [head, tail] = lines === undefined ? [rows[0]?.mark, rows.at(-1)?.mark] : [lines.first, lines.last]
  const count = lines?.rows ?? rows.length
  if (count === 0 || head === undefined || tail === undefined) return undefined
  return { first: BigInt(head), last: BigInt(tail), rows: count }
}

/** Rows that are to become parts of the index. */
export class IndexText {
  readonly #lines = new IndexRows(PART_BYTES)
  readonly #lanes = new Map<string, Seen>()

  /** Adds rows of a lane, in ascending order of their marks; true when there are enough for a part. */
  add(lane: string, added: PieceRows): boolean {
    const { rows, lines } = added
    if (lines !== undefined) this.#lines.append(lines)
    else {
      const field = Buffer.from(csvField(lane))
      for (const row of rows) this.#lines.add(field, row)
    }
    const seen = seenIn(added)
    if (seen !== undefined) this.#see(lane, seen)
    return this.#lines.length >= PART_BYTES
  }

  get empty(): boolean {
    return this.#lines.length === 0
  }

  /** Takes out what was added, as one part; it is compressed off the main thread. */
  take(): Promise<Buffer> {
    const lanes: LaneRows[] = [...this.#lanes].map(([lane, seen]) => ({ lane, ...seen }))
    this.#lanes.clear()
    return partOf(this.#lines.take(), lanes)
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
export const headerPart = (): Promise<Buffer> => partOf(Buffer.from(INDEX_HEADER), [])

/** CSV lines as a part. */
export async function partOf(lines: Buffer, lanes: readonly LaneRows[]): Promise<Buffer> {
  return indexFrame(await compress(lines), lanes)
}
