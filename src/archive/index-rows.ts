import { isUtf8 } from 'node:buffer'
import type { IndexRow } from './ports.js'

/** First line of the index. */
export const INDEX_HEADER = 'id,key,key_base64,timestamp,lane,mark,size,digest\n'

/** A text field (RFC 4180); an empty text is `""`, because nothing at all stands for NULL. */
export const csvField = (text: string): string =>
  text !== '' && !/[",\r\n]/.test(text) ? text : `"${text.replaceAll('"', '""')}"`

const COMMA = 0x2c
const QUOTE = 0x22
const NEWLINE = 0x0a
const ZERO = 0x30
const HEX = Buffer.from('0123456789abcdef')
/** Bytes of a line beside its id, key and lane: three numbers of 20 digits at most, the digest, commas, quotes. */
const REST = 96
const ROOM = 64 * 1024
/** Of a longer key the index has this much: a line must fit into what a reader of CSV takes at once. */
const KEY_BYTES = 32 * 1024

/**
 * Lines of the index, byte by byte into one buffer: strings took four times as long, and every message that is let go passes here. Texts of plain ASCII, as nearly
 * all are, are copied; the others are encoded.
 */
export class IndexRows {
  #bytes: Buffer
  #at = 0

  constructor(bytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(bytes + ROOM)
  }

  get length(): number {
    return this.#at
  }

  /** Adds the line of a message; `lane` is a field already, encoded. */
  add(lane: Buffer, { id, key, timestamp, mark, size, digest }: IndexRow): void {
    // Three bytes a character of UTF-8, or each a quote that is doubled.
    this.#need(3 * id.length + 2 * (key?.length ?? 0) + lane.length + REST)
    this.#text(id)
    this.#comma()
    this.#key(key)
    this.#comma()
    if (timestamp >= 0) this.#number(timestamp)
    this.#comma()
    this.#copy(lane)
    this.#comma()
    this.#text(mark)
    this.#comma()
    this.#number(size)
    this.#comma()
    this.#hex(digest)
    this.#bytes[this.#at++] = NEWLINE
  }

  /** The lines; they are there until more are added. */
  lines(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  /** Takes the lines out, and begins anew. */
  take(): Buffer {
    const lines = Buffer.from(this.lines())
    this.#at = 0
    return lines
  }

  #need(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length + bytes)
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }

  #comma(): void {
    this.#bytes[this.#at++] = COMMA
  }

  #copy(field: Buffer): void {
    const bytes = this.#bytes
    let at = this.#at
    for (let i = 0; i < field.length; i++) bytes[at++] = field[i] as number
    this.#at = at
  }

  #text(text: string): void {
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

  #encoded(field: string): void {
    this.#at += this.#bytes.write(field, this.#at)
  }

  /** Key as text and nothing, or nothing and base64 where it is not UTF-8. */
  #key(whole: Buffer | null): void {
    const key = whole !== null && whole.length > KEY_BYTES ? whole.subarray(0, KEY_BYTES) : whole
    if (key === null || this.#plainKey(key)) this.#comma()
    else this.#encoded(isUtf8(key) ? `${csvField(key.toString())},` : `,${key.toString('base64')}`)
  }

  #plainKey(key: Buffer): boolean {
    const bytes = this.#bytes
    let at = this.#at
    for (let i = 0; i < key.length; i++) {
      const byte = key[i] as number
      if (!isPlain(byte)) return false
      bytes[at++] = byte
    }
    this.#at = at
    return key.length > 0
  }

  /** Digits of a whole number; in two halves, because those are small integers to the engine. */
  #number(value: number): void {
    const high = Math.floor(value / 1e9)
    // A time in nanoseconds, by mistake of its producer.
    if (value > Number.MAX_SAFE_INTEGER) this.#text(String(BigInt(value)))
    else {
      if (high > 0) this.#digits(high, 1)
      this.#digits(value - high * 1e9, high > 0 ? 9 : 1)
    }
  }

  #digits(value: number, least: number): void {
    let count = least
    for (let bound = 10 ** least; value >= bound; bound *= 10) count++
    let rest = value | 0
    for (let at = this.#at + count - 1; at >= this.#at; at--) {
      const next = (rest / 10) | 0
      this.#bytes[at] = ZERO + rest - next * 10
      rest = next
    }
    this.#at += count
  }

  #hex(digest: number): void {
    for (let shift = 28; shift >= 0; shift -= 4) this.#bytes[this.#at++] = HEX[(digest >>> shift) & 15] as number
  }
}

/** Printable ASCII that needs no quotes. */
const isPlain = (code: number): boolean => code >= 0x20 && code < 0x7f && code !== COMMA && code !== QUOTE
