/** A time limit is looked at so many times within it: a call ends at most an eighth late. */
const LOOKS = 8
const SHORTEST_MS = 5
const LONGEST_MS = 1_000

/** A coarse clock for time limits, so that no call pays for a timer of its own. Reads `now`; calls `look` at every tick. */
export class Sweep {
  /** Ticks so far, from 1. */
  now = 1
  readonly #limit: number
  readonly #timer: NodeJS.Timeout

  constructor(limitMs: number, look: () => void) {
    const every = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Math.floor(limitMs / LOOKS)))
    this.#limit = Math.ceil(limitMs / every)
    this.#timer = setInterval(() => {
      this.now++
      look()
    }, every)
    this.#timer.unref()
  }

  /** Whether what began at this tick is over its limit. */
  isOver(since: number): boolean {
    return this.now - since > this.#limit
  }

  end(): void {
    clearInterval(this.#timer)
  }
}
