/** Writes a request body in the Kafka protocol's types; grows as needed. Non-flexible and compact (KIP-482) forms. */
export class Writer {
  #buffer: Buffer
  #length = 0

  constructor(size = 256) {
    this.#buffer = Buffer.allocUnsafe(size)
  }

  #room(bytes: number): number {
    const at = this.#length
    this.#length += bytes
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length))
      this.#buffer.copy(larger, 0, 0, at)
      this.#buffer = larger
    }
    return at
  }

  i8(value: number): this {
    const at = this.#room(1)
    this.#buffer.writeInt8(value, at)
    return this
  }

  bool(value: boolean): this {
    return this.i8(value ? 1 : 0)
  }

  i16(value: number): this {
    const at = this.#room(2)
    this.#buffer.writeInt16BE(value, at)
    return this
  }

  i32(value: number): this {
    const at = this.#room(4)
    this.#buffer.writeInt32BE(value, at)
    return this
  }

  i64(value: bigint | number): this {
    const at = this.#room(8)
    this.#buffer.writeBigInt64BE(BigInt(value), at)
    return this
  }

  uvarint(value: number): this {
    let rest = value >>> 0
    for (; rest > 0x7f; rest >>>= 7) this.#byte((rest & 0x7f) | 0x80)
    return this.#byte(rest)
  }

  #byte(value: number): this {
    const at = this.#room(1)
    this.#buffer[at] = value
    return this
  }

  /** STRING or NULLABLE_STRING: length as INT16, -1 for null. */
  str(value: string | null): this {
    return value === null ? this.i16(-1) : this.i16(Buffer.byteLength(value)).#text(value)
  }

  /** COMPACT_STRING or COMPACT_NULLABLE_STRING: length + 1 as UNSIGNED_VARINT, 0 for null. */
  cstr(value: string | null): this {
    return value === null ? this.uvarint(0) : this.uvarint(Buffer.byteLength(value) + 1).#text(value)
  }

  #text(value: string): this {
    const at = this.#room(Buffer.byteLength(value))
    this.#buffer.write(value, at)
    return this
  }

  /** BYTES: length as INT32, then the bytes. */
  bytes(value: Buffer): this {
    this.i32(value.length)
    const at = this.#room(value.length)
    value.copy(this.#buffer, at)
    return this
  }

  /** A UUID in Kafka's text form (url-safe base64 of 16 bytes). */
  uuid(value: string): this {
    const at = this.#room(16)
    Buffer.from(value, 'base64url').copy(this.#buffer, at)
    return this
  }

  /** ARRAY: count as INT32, -1 for null. */
  array<T>(items: readonly T[] | null, each: (item: T, writer: this) => void): this {
    this.i32(items === null ? -1 : items.length)
    for (const item of items ?? []) each(item, this)
    return this
  }

  /** COMPACT_ARRAY: count + 1 as UNSIGNED_VARINT, 0 for null. */
  carray<T>(items: readonly T[] | null, each: (item: T, writer: this) => void): this {
    this.uvarint(items === null ? 0 : items.length + 1)
    for (const item of items ?? []) each(item, this)
    return this
  }

  /** TAG_BUFFER without tags. */
  tags(): this {
    return this.uvarint(0)
  }

  /** What was written, a view of the writer's own buffer. */
  done(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }
}
