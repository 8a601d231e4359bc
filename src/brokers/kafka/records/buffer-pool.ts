/**
 * Buffers of one size, used again as soon as their batch is acknowledged: fresh ones cost a page fault for every 4 KiB
 * and wait for the garbage collector. Odd sizes pass through and are never kept.
 */
export class BufferPool {
  #size: number
  readonly #free: Buffer[] = []
  readonly #keep: number

  /** `size` in bytes; at most `keep` idle buffers stay. */
  constructor(size: number, keep: number) {
    this.#size = size
    this.#keep = keep
  }

  /** Bytes of a buffer. */
  get size(): number {
    return this.#size
  }

  /** Hands out buffers of at most `size` from now on; larger ones are not kept any more. */
  shrinkTo(size: number): void {
    if (size >= this.#size) return
    this.#size = size
    this.clear()
  }

  /** A buffer of at least `bytes`; its content is undefined. */
  take(bytes: number): Buffer {
    if (bytes > this.#size) return Buffer.allocUnsafeSlow(bytes)
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#size)
  }

  /** Gives a buffer back; the caller must not touch it again. */
  give(buffer: Buffer): void {
    if (buffer.length === this.#size && this.#free.length < this.#keep) this.#free.push(buffer)
  }

  /** Lets the idle buffers go. */
  clear(): void {
    this.#free.length = 0
  }
}
