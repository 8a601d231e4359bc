import { REST_BYTES } from './index-rows.js'
import { csvField, LineBuffer } from './line-buffer.js'
import type { RowLines } from './ports.js'

/** A message whose id is its lane's prefix and its offset. Bytes of the key, and its length, -1 where it has none: `data` is given with it. */
export type OffsetRow = {
  offset: number
  keyStart: number
  keyLength: number
  /** Milliseconds since the epoch; below 0 where there is none. */
  timestamp: number
  size: number
  digest: number
}

const FIRST_BYTES = 256 * 1024

/** Makes lines of the index out of the bytes of messages, without an object or a text for each: there are millions a second. */
export class OffsetLines {
  readonly #lines = new LineBuffer(FIRST_BYTES)
  readonly #prefix: Buffer
  readonly #lane: Buffer
  #rows = 0
  #first = 0
  #last = 0

  /** Ids are `prefix` and the offset: plain ASCII without quotes and commas. */
  constructor(prefix: string, lane: string) {
    this.#prefix = Buffer.from(prefix)
    this.#lane = Buffer.from(csvField(lane))
  }

  /** Adds a line; offsets ascend. The row is read at once, so that one object does for all. */
  add(data: Buffer, { offset, keyStart, keyLength, timestamp, size, digest }: OffsetRow): void {
    const lines = this.#lines
    lines.room(this.#prefix.length + 2 * Math.max(0, keyLength) + this.#lane.length + REST_BYTES)
    if (this.#rows++ === 0) this.#first = offset
    this.#last = offset
    lines.copy(this.#prefix)
    lines.number(offset)
    lines.comma()
    if (keyLength < 0) lines.comma()
    else lines.key(data, keyStart, keyStart + keyLength)
    lines.comma()
    lines.time(timestamp)
    lines.comma()
    lines.copy(this.#lane)
    lines.comma()
    lines.number(offset)
    lines.comma()
    lines.number(size)
    lines.comma()
    lines.hex(digest)
    lines.newline()
  }

  /** What was added; it is there until more is. */
  lines(): RowLines {
    return { csv: this.#lines.lines(), rows: this.#rows, first: String(this.#first), last: String(this.#last) }
  }

  clear(): void {
    this.#lines.clear()
    this.#rows = 0
  }
}
