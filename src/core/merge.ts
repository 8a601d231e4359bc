/** Opens one stream of events; it must end soon after `soft` aborts, also while it waits. */
export type OpenStream<T> = (soft: AbortSignal) => AsyncIterable<T>

export type MergeOptions = {
  /** How many streams are open at once; the next one opens when one ends. */
  readonly atOnce: number
  /** Take no more. Each stream gets a signal that follows this one. */
  readonly soft: AbortSignal
}

type Arrival<T> = { readonly iterator: AsyncIterator<T>; readonly result?: IteratorResult<T>; readonly error?: unknown }

/**
 * Events of several streams as they come; each stream runs at most one event ahead of the reader. The first error
 * aborts the others softly; what they still yield on the way down is passed on, because it happened, and then the error is thrown: itself, or
 * an AggregateError with the first as its cause where there are several. A reader that leaves early ends them the same way.
 * The signal is aborted before anything is awaited: an async generator that waits inside `next()` cannot be closed by `return()`.
 */
export async function* merge<T>(streams: readonly OpenStream<T>[], options: MergeOptions): AsyncGenerator<T> {
  const ending = new AbortController()
  const soft = AbortSignal.any([options.soft, ending.signal])
  const state = new Merging<T>(streams, soft)
  const errors: unknown[] = []
  try {
    for (;;) {
      while (!soft.aborted && state.open < options.atOnce && state.openNext());
      const { iterator, result, error } = (await state.arrival()) ?? {}
      if (iterator === undefined) break
      if (result === undefined) {
        errors.push(error)
        ending.abort(error)
      } else if (result.done !== true) {
        yield result.value
        state.ask(iterator)
      }
    }
  } finally {
    ending.abort(new Error('the reader left'))
    errors.push(...(await state.close()))
  }
  throwAll(errors, soft)
}

class Merging<T> {
  readonly #streams: readonly OpenStream<T>[]
  readonly #soft: AbortSignal
  readonly #asleep = new Set<AsyncIterator<T>>()
  readonly #arrived: Arrival<T>[] = []
  #pending = 0
  #next = 0
  #wake: () => void = () => undefined

  constructor(streams: readonly OpenStream<T>[], soft: AbortSignal) {
    this.#streams = streams
    this.#soft = soft
  }

  get open(): number {
    return this.#pending + this.#arrived.length
  }

  openNext(): boolean {
    const open = this.#streams[this.#next++]
    if (open === undefined) return false
    this.ask(open(this.#soft)[Symbol.asyncIterator]())
    return true
  }

  ask(iterator: AsyncIterator<T>): void {
    this.#pending++
    this.#asleep.delete(iterator)
    iterator.next().then(
      result => this.#arrive(result.done === true ? { iterator, result } : this.#resting({ iterator, result })),
      error => this.#arrive({ iterator, error }),
    )
  }

  /** The next event or end of any stream; undefined when none is open any more. */
  async arrival(): Promise<Arrival<T> | undefined> {
    while (this.#arrived.length === 0) {
      if (this.#pending === 0) return undefined
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    return this.#arrived.shift()
  }

  /** Waits for every stream to end; gives the errors of that. The signal must have been aborted. */
  async close(): Promise<readonly unknown[]> {
    const errors: unknown[] = []
    for (let last = await this.arrival(); last !== undefined; last = await this.arrival()) {
      if (last.result === undefined) errors.push(last.error)
    }
    const endings = await Promise.allSettled([...this.#asleep].map(async iterator => iterator.return?.()))
    for (const ended of endings) if (ended.status === 'rejected') errors.push(ended.reason)
    return errors
  }

  #resting(arrival: Arrival<T>): Arrival<T> {
    this.#asleep.add(arrival.iterator)
    return arrival
  }

  #arrive(arrival: Arrival<T>): void {
    this.#pending--
    this.#arrived.push(arrival)
    this.#wake()
  }
}

/** Errors that only repeat why the signal aborted are no news. */
function throwAll(errors: readonly unknown[], soft: AbortSignal): void {
  const [first, ...others] = errors.filter((error, at) => error !== undefined && errors.indexOf(error) === at)
  if (first === undefined) return
  const more = others.filter(error => error !== soft.reason && !isAbort(error))
  if (more.length === 0) throw first
  const message = first instanceof Error ? first.message : String(first)
  throw new AggregateError([first, ...more], message, { cause: first })
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'
