/** Reads a response body in the Kafka protocol's types, without copying bytes; throws RangeError past the end. */
export class Reader {
  readonly #buffer: Buffer
  #at: number

  constructor(buffer: Buffer, at = 0) {
    this.#buffer = buffer
    this.#at = at
  }

  get remaining(): number {
    return this.#buffer.length - this.#at
  }

  get offset(): number {
    return this.#at
  }

  #take(bytes: number): number {
    const at = this.#at
    if (bytes < 0 || at + bytes > this.#buffer.length) throw new RangeError(`Response ends at byte ${at}`)
    this.#at += bytes
    return at
  }

  skip(bytes: number): this {
    this.#take(bytes)
    return this
  }

  i8(): number {
    return this.#buffer.readInt8(this.#take(1))
  }

  bool(): boolean {
    return this.i8() !== 0
  }

  i16(): number {
    return this.#buffer.readInt16BE(this.#take(2))
  }

  i32(): number {
    return this.#buffer.readInt32BE(this.#take(4))
  }

  i64(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8))
  }

  /** INT64 of a value that never passes 2^53: offsets and times. */
  number64(): number {
    return Number(this.i64())
  }

  uvarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#buffer.readUInt8(this.#take(1))
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new RangeError(`No unsigned varint at byte ${this.#at}`)
  }

  #text(length: number): string {
    const at = this.#take(length)
    return this.#buffer.toString('utf8', at, at + length)
  }

  /** STRING; null reads as empty. */
  str(): string {
    return this.nullableStr() ?? ''
  }

  nullableStr(): string | null {
    const length = this.i16()
    return length < 0 ? null : this.#text(length)
  }

  /** COMPACT_STRING; null reads as empty. */
  cstr(): string {
    return this.nullableCstr() ?? ''
  }

  nullableCstr(): string | null {
    const length = this.uvarint()
    return length === 0 ? null : this.#text(length - 1)
  }

  /** Url-safe base64 of 16 bytes, as Kafka prints topic ids; empty for the zero UUID. */
  uuid(): string {
    const bytes = this.raw(16)
    return bytes.every(byte => byte === 0) ? '' : bytes.toString('base64url')
  }

  /** A view of the next bytes. */
  raw(length: number): Buffer {
    const at = this.#take(length)
    return this.#buffer.subarray(at, at + length)
  }

  /** BYTES or RECORDS; null reads as empty. A view of the response. */
  bytes(): Buffer {
    return this.raw(Math.max(this.i32(), 0))
  }

  /** COMPACT_BYTES; null reads as empty. A view of the response. */
  cbytes(): Buffer {
    return this.raw(Math.max(this.uvarint() - 1, 0))
  }

  /** ARRAY; null reads as empty. */
  array<T>(each: (reader: this) => T): T[] {
    return this.#items(this.i32(), each)
  }

  /** COMPACT_ARRAY; null reads as empty. */
  carray<T>(each: (reader: this) => T): T[] {
    return this.#items(this.uvarint() - 1, each)
  }

  #items<T>(count: number, each: (reader: this) => T): T[] {
    const items: T[] = []
    for (let i = 0; i < count; i++) items.push(each(this))
    return items
  }

  /** Passes over a TAG_BUFFER. */
  tags(): this {
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint()
      this.skip(this.uvarint())
    }
    return this
  }
}
