import type { Duplex } from 'node:stream'

const BLOCK = 256 << 10
/** Longer pieces are written as they are instead of being copied together. Bytes. */
const COPIED_UP_TO = 16 << 10

/** Gathers small pieces into large writes on a socket. */
export class Outbox {
  readonly #stream: Duplex
  #block = Buffer.allocUnsafe(BLOCK)
  #from = 0
  #at = 0

  constructor(stream: Duplex) {
    this.#stream = stream
  }

  /** Room for `length` bytes, to be filled at once by the caller. */
  room(length: number): { readonly block: Buffer; readonly at: number } {
    if (this.#at + length > this.#block.length) {
      this.ship()
      this.#block = Buffer.allocUnsafe(Math.max(BLOCK, length))
      this.#from = 0
      this.#at = 0
    }
    const at = this.#at
    this.#at += length
    return { block: this.#block, at }
  }

  /** Takes a piece; what is long may not change until it is sent. */
  put(bytes: Buffer, from: number, to: number): void {
    if (to - from > COPIED_UP_TO) {
      this.ship()
      this.#stream.write(bytes.subarray(from, to))
      return
    }
    const { block, at } = this.room(to - from)
    bytes.copy(block, at, from, to)
  }

  /** Sends what was gathered. */
  ship(): void {
    if (this.#at > this.#from) this.#stream.write(this.#block.subarray(this.#from, this.#at))
    this.#from = this.#at
  }
}
