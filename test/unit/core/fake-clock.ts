import type { Clock } from '../../../src/core/clock.js'

type Sleeper = { readonly until: number; readonly wake: () => void }

/** A clock that jumps: `advance` moves it on step by step, waking sleepers in their order. */
export class FakeClock implements Clock {
  #now = 0
  readonly #sleepers = new Set<Sleeper>()

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const sleeper = { until: this.#now + ms, wake }
      this.#sleepers.add(sleeper)
      const leave = () => {
        this.#sleepers.delete(sleeper)
        reject(signal.reason)
      }
      if (signal.aborted) leave()
      else signal.addEventListener('abort', leave, { once: true })
    })
  }

  /** Runs until so many milliseconds have passed. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await new Promise(resolve => setImmediate(resolve))
      const next = [...this.#sleepers].sort((a, b) => a.until - b.until)[0]
      if (next === undefined || next.until > end) break
      this.#now = Math.max(this.#now, next.until)
      this.#sleepers.delete(next)
      next.wake()
    }
    this.#now = end
  }
}
