import { type Clock, systemClock } from './clock.js'

export type RetryOptions = {
  /** How often at most, the first try included. */
  readonly attempts: number
  /** Longest wait before the second try; doubles from there up to `maxMs`. Milliseconds. */
  readonly baseMs: number
  readonly maxMs: number
  readonly signal: AbortSignal
  /** Whether the same work may succeed later. */
  readonly retryOn: (error: unknown) => boolean
  readonly clock?: Clock
  /** 0 up to 1; Math.random unless a test passes its own. */
  readonly random?: () => number
}

/**
 * Does the work, again while `retryOn` says so, with full jitter between tries. Throws the last error when it was the last try or is not
 * worth another, and the signal's reason when it aborts in between.
 */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock = systemClock, random = Math.random, signal } = options
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    try {
      return await work(attempt)
    } catch (error) {
      if (attempt >= options.attempts || !options.retryOn(error)) throw error
    }
    const ceiling = Math.min(options.maxMs, options.baseMs * 2 ** (attempt - 1))
    await clock.sleep(ceiling * (0.5 + random() / 2), signal)
  }
}
