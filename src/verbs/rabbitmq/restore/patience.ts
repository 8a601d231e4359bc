import { setTimeout as sleep } from 'node:timers/promises'
import type { Standing } from './facts.js'

/** A queue tells its counts every 5 s, and the management API gathers them every 5 s (collect_statistics_interval). Milliseconds. */
const LAG_MS = 11_000
const LOOK_EVERY_MS = 500

/** Only the management API speaks against it, whose count may be older than the last ack: AMQP sees nothing ready and nobody. */
export const isOldNews = ({ ready, consumers, unacked = 0 }: Standing): boolean =>
  ready === 0 && consumers === 0 && unacked > 0

/** Somebody who does not consume has taken messages (basic.get), or the count of the API is old. */
export const isInHand = ({ consumers, unacked = 0 }: Standing): boolean => consumers === 0 && unacked > 0

/** Looks again at queues whose counts may be old; all looks of one command together take no longer than such a count may lag. */
export class Patience {
  readonly #say: (line: string) => void
  readonly #soft: AbortSignal
  readonly #everyMs: number
  #leftMs: number
  #told = false

  /** `say` gets a line once, when it begins to wait. */
  constructor(say: (line: string) => void, soft: AbortSignal, { leftMs = LAG_MS, everyMs = LOOK_EVERY_MS } = {}) {
    this.#say = say
    this.#soft = soft
    this.#leftMs = leftMs
    this.#everyMs = everyMs
  }

  /** What `look` sees, at last: what may be old is looked at again. Throws what it throws, and the signal's reason. */
  async standing(look: () => Promise<Standing>, mayBeOld = isOldNews): Promise<Standing> {
    let seen = await look()
    while (mayBeOld(seen) && this.#leftMs > 0) {
      this.#tell(seen)
      const began = performance.now()
      await sleep(this.#everyMs, undefined, { signal: this.#soft })
      seen = await look()
      this.#leftMs -= performance.now() - began
    }
    return seen
  }

  #tell({ name, unacked = 0 }: Standing): void {
    if (this.#told) return
    this.#told = true
    this.#say(
      `waiting: the management API still counts ${unacked} unacked in ${name}, which nobody reads; it lags by up to 10 s\n`,
    )
  }
}
