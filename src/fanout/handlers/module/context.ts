/** Thrown by `context.retryLater()` and `context.park()`; the caller reads its fields as of any error. */
class Wish extends Error {
  readonly retry: boolean | number | undefined
  readonly park: boolean

  constructor(reason: string, { retry, park = false }: { retry?: boolean | number; park?: boolean }) {
    super(reason)
    this.retry = retry
    this.park = park
  }
}

/** What a module gets beside the message. */
export class Context {
  /** 1 at first; of a batch, the highest of its messages. */
  attempt = 0
  readonly #log: (text: string) => void
  #controller: AbortController | undefined

  constructor(log: (text: string) => void) {
    this.#log = log
  }

  /** Aborts when the time limit of the call has passed, or everything is given up. Made when first asked for: most modules never do. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  /** Tells the operator something, on standard error. */
  readonly log = (text: string): void => this.#log(String(text))

  /** Throws: try again later, without counting, and not before `ms` where given. */
  readonly retryLater = (ms?: number, reason = 'asked for a later try'): never => {
    throw new Wish(reason, { retry: ms ?? true })
  }

  /** Throws: park at once, no try will help. */
  readonly park = (reason = 'refused by the handler'): never => {
    throw new Wish(reason, { park: true })
  }

  /** Made ready for the next call. */
  renew(attempt: number): void {
    this.attempt = attempt
    this.#controller = undefined
  }

  abort(reason: string): void {
    this.#controller?.abort(new Error(reason))
  }
}
