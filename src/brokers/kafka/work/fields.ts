import { headerName } from './header-names.js'

/** Reads the fields of a record one after the other. Source: https://kafka.apache.org/documentation/#record */
export class Fields {
  readonly #data: Buffer
  #at: number

  constructor(data: Buffer, at: number) {
    this.#data = data
    this.#at = at
  }

  /** A zigzag varint. */
  varint(): number {
    let byte = this.#data[this.#at++] as number
    let value = byte & 127
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = this.#data[this.#at++] as number
      value += (byte & 127) * scale
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** A view of the next bytes; null where their length is -1. */
  bytes(): Buffer | null {
    const length = this.varint()
    if (length < 0) return null
    const from = this.#at
    this.#at += length
    return this.#data.subarray(from, this.#at)
  }

  /** A header's name. */
  name(): string | Buffer {
    const length = Math.max(0, this.varint())
    const from = this.#at
    this.#at += length
    return headerName(this.#data, from, this.#at)
  }

  /** Passes over the next bytes. */
  skip(): void {
    const length = Math.max(0, this.varint())
    this.#at += length
  }
}
