/** The body frames of a message too large to be kept whole, handed on as they come. */
export class LateBody {
  readonly #frames: Buffer[] = []
  #ended = false
  #dropped = false
  #failure: unknown
  #wake: (() => void) | undefined
  #taken: () => void = () => undefined

  /** Bytes that came and were not taken yet. */
  get waiting(): number {
    return this.#frames.reduce((sum, frame) => sum + frame.length, 0)
  }

  /** `taken` is called when frames were handed out, so that more may be read. */
  onTaken(taken: () => void): void {
    this.#taken = taken
  }

  push(frame: Buffer): void {
    if (this.#dropped) return
    this.#frames.push(frame)
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  fail(reason: unknown): void {
    this.#failure ??= reason
    this.#wake?.()
  }

  /** Nobody wants the rest: what comes is thrown away. */
  drop(): void {
    this.#dropped = true
    this.#frames.length = 0
    this.#taken()
  }

  /** Yields whole body frames until the body is complete. Throws what `fail` was given. */
  async *frames(): AsyncGenerator<Buffer> {
    for (;;) {
      const frame = this.#frames.shift()
      if (frame !== undefined) {
        this.#taken()
        yield frame
      } else if (this.#failure !== undefined) throw this.#failure
      else if (this.#ended) return
      else await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }
}
