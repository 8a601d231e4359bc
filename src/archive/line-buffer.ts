import { isUtf8 } from 'node:buffer'

/** A text field (RFC 4180); an empty text is `""`, because nothing at all stands for NULL. */
export const csvField = (text: string): string =>
  text !== '' && !/[",\r\n]/.test(text) ? text : `"${text.replaceAll('"', '""')}"`

const COMMA = 0x2c
const QUOTE = 0x22
const NEWLINE = 0x0a
const ZERO = 0x30
const HEX = Buffer.from('0123456789abcdef')
const ROOM = 64 * 1024
/** Of a longer key the index has this much: a line must fit into what a reader of CSV takes at once. */
const KEY_BYTES = 32 * 1024

/**
 * CSV, byte by byte into one buffer that grows: strings took four times as long, and every message that is let go passes here. Texts of plain ASCII, as nearly
 * all are, are copied; the others are encoded. Before its fields a line asks for its room.
 */
export class LineBuffer {
  #bytes: Buffer
  #at = 0
  /** The number that was written last, and where it stands: times of neighbours are often the same. */
  #time = -1
  #timeAt = 0

  constructor(bytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(bytes + ROOM)
  }

  get length(): number {
    return this.#at
  }

  /** What was written; it is there until more is written. */
  lines(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  clear(): void {
    this.#at = 0
    this.#time = -1
  }

  room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length + bytes)
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }

  comma(): void {
    this.#bytes[this.#at++] = COMMA
  }

  newline(): void {
    this.#bytes[this.#at++] = NEWLINE
  }

  /** Bytes that are CSV already. */
  copy(field: Buffer): void {
    const bytes = this.#bytes
    let at = this.#at
    for (let i = 0; i < field.length; i++) bytes[at++] = field[i] as number
    this.#at = at
  }

  /** Many of them. */
  append(lines: Buffer): void {
    this.room(lines.length)
    this.#at += lines.copy(this.#bytes, this.#at)
  }

  text(text: string): void {
    const bytes = this.#bytes
    const from = this.#at
    let at = from
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (!isPlain(code)) break
      bytes[at++] = code
    }
    if (at - from === text.length && at > from) this.#at = at
    else this.#encoded(csvField(text))
  }

  /** The two fields of a key that stands in `data` at [from, to): as text and nothing, or nothing and base64 where it is not UTF-8. */
  key(data: Buffer, from: number, to: number): void {
    const end = Math.min(to, from + KEY_BYTES)
    if (this.#plainKey(data, from, end)) this.comma()
    else {
      const key = data.subarray(from, end)
      this.#encoded(isUtf8(key) ? `${csvField(key.toString())},` : `,${key.toString('base64')}`)
    }
  }

  /** A time; nothing where there is none. */
  time(time: number): void {
    if (time < 0) return
    if (time === this.#time) {
      const bytes = this.#bytes
      let at = this.#at
      for (let from = this.#timeAt; bytes[from] !== COMMA; from++) bytes[at++] = bytes[from] as number
      this.#at = at
    } else {
      this.#time = time
      this.#timeAt = this.#at
      this.number(time)
    }
  }

  /** Digits of a whole number; in two halves, because those are small integers to the engine. */
  number(value: number): void {
    const high = Math.floor(value / 1e9)
    // A time in nanoseconds, by mistake of its producer.
    if (value > Number.MAX_SAFE_INTEGER) this.text(String(BigInt(value)))
    else {
      if (high > 0) this.#digits(high, 1)
      this.#digits(value - high * 1e9, high > 0 ? 9 : 1)
    }
  }

  hex(digest: number): void {
    for (let shift = 28; shift >= 0; shift -= 4) this.#bytes[this.#at++] = HEX[(digest >>> shift) & 15] as number
  }

  #encoded(field: string): void {
    this.#at += this.#bytes.write(field, this.#at)
  }

  #plainKey(data: Buffer, from: number, end: number): boolean {
    const bytes = this.#bytes
    let at = this.#at
    for (let i = from; i < end; i++) {
      const byte = data[i] as number
      if (!isPlain(byte)) return false
      bytes[at++] = byte
    }
    this.#at = at
    return end > from
  }

  #digits(value: number, least: number): void {
    let count = least
    for (let bound = 10 ** least; value >= bound; bound *= 10) count++
    const bytes = this.#bytes
    const from = this.#at
    let rest = value | 0
    for (let at = from + count - 1; at >= from; at--) {
      const next = (rest / 10) | 0
      bytes[at] = ZERO + rest - next * 10
      rest = next
    }
    this.#at = from + count
  }
}

/** Printable ASCII that needs no quotes. */
const isPlain = (code: number): boolean => code >= 0x20 && code < 0x7f && code !== COMMA && code !== QUOTE
