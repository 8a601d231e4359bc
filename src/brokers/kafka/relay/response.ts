/**
 * The buffer of one fetch response, shared by the reader and by batches that pass untouched: it is used again once the last
 * of them is done with it. What is never released (a fault on the way) is left to the garbage collector.
 */
export class Response {
  readonly #recycle: () => void
  #holders = 1

  /** Held once, by whoever makes it. */
  constructor(recycle: () => void) {
    this.#recycle = recycle
  }

  hold(): void {
    this.#holders++
  }

  release(): void {
    if (--this.#holders === 0) this.#recycle()
  }
}
