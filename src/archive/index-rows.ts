import { LineBuffer } from './line-buffer.js'
import type { IndexRow, RowLines } from './ports.js'

/** First line of the index. */
export const INDEX_HEADER = 'id,key,key_base64,timestamp,lane,mark,size,digest\n'

/** Bytes of a line beside its id, key and lane: three numbers of 20 digits at most, the digest, commas, quotes. */
export const REST_BYTES = 96

/** Lines of the index. */
export class IndexRows {
  readonly #lines: LineBuffer

  constructor(bytes: number) {
    this.#lines = new LineBuffer(bytes)
  }

  get length(): number {
    return this.#lines.length
  }

  /** Adds the line of a message; `lane` is a field already, encoded. */
  add(lane: Buffer, { id, key, timestamp, mark, size, digest }: IndexRow): void {
    const lines = this.#lines
    // Three bytes a character of UTF-8, or each a quote that is doubled.
    lines.room(3 * id.length + 2 * (key?.length ?? 0) + lane.length + REST_BYTES)
    lines.text(id)
    lines.comma()
    if (key === null) lines.comma()
    else lines.key(key, 0, key.length)
    lines.comma()
    lines.time(timestamp)
    lines.comma()
    lines.copy(lane)
    lines.comma()
    lines.text(mark)
    lines.comma()
    lines.number(size)
    lines.comma()
    lines.hex(digest)
    lines.newline()
  }

  /** Adds lines that were made elsewhere. */
  append({ csv }: RowLines): void {
    this.#lines.append(csv)
  }

  /** Takes the lines out, and begins anew. */
  take(): Buffer {
    const lines = Buffer.from(this.#lines.lines())
    this.#lines.clear()
    return lines
  }
}
