/** A queue from a driver to the one reader of an iteration; fails or ends once it is empty. */
export class HandOff<T> {
  readonly #items: T[] = []
  #wake: (() => void) | undefined
  #ended = false
  #error: { readonly cause: unknown } | undefined

  put(item: T): void {
    this.#items.push(item)
    this.#wake?.()
  }

  /** Takes back what nobody has read yet and `wanted` names. */
  withdraw<S extends T>(wanted: (item: T) => item is S): S[] {
    const [taken, kept]: [S[], T[]] = [[], []]
    for (const item of this.#items) {
      if (wanted(item)) taken.push(item)
      else kept.push(item)
    }
    this.#items.splice(0, this.#items.length, ...kept)
    return taken
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** The reader sees the error at once; the first one counts. */
  fail(cause: unknown): void {
    this.#error ??= { cause }
    this.#wake?.()
  }

  /** What was put, in order; ends with `end`, or when `soft` aborts. Throws what `fail` was given. */
  async *read(soft: AbortSignal): AsyncGenerator<T> {
    const wake = () => this.#wake?.()
    soft.addEventListener('abort', wake)
    try {
      for (;;) {
        if (this.#error) throw this.#error.cause
        if (soft.aborted) return
        const item = this.#items.shift()
        if (item !== undefined) yield item
        else if (this.#ended) return
        else await this.#change(soft)
      }
    } finally {
      soft.removeEventListener('abort', wake)
    }
  }

  async #change(soft: AbortSignal): Promise<void> {
    if (soft.aborted) return
    await new Promise<void>(resolve => {
      this.#wake = resolve
    })
    this.#wake = undefined
  }
}
