import { type Clock, systemClock } from './clock.js'
import type { Rate } from './plan.js'

/** Records and record-batch bytes; Infinity where nothing limits. */
export type Amount = { readonly records: number; readonly bytes: number }

/** What one lane may move next. `settle` tells how much it did move, once, so that the rest goes back to the others. */
export type Grant = Amount & { settle(used: Amount): void }

/** One grant is worth about this long of the whole rate, shared by the lanes. Milliseconds. */
const SLICE_MS = 400
const UNLIMITED: Grant = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY, settle: () => undefined }

type Kind = 'records' | 'bytes'
const KINDS: readonly Kind[] = ['records', 'bytes']

/**
 * Token bucket shared by all lanes of a run. A lane waits in `grant` with empty hands, before it opens a transaction, never inside one.
 * The bucket starts empty and holds one second at most. A lane may use more than it was given (one record can be larger than the
 * allowance); the debt delays the next grant. Lanes are served in the order in which they asked.
 */
export class Pacer {
  readonly #clock: Clock
  #perSecond: Amount
  readonly #tokens = { records: 0, bytes: 0 }
  #filledAt: number
  #outstanding = 0
  #version = 0
  /** Lanes in `grant`, in the order in which they asked. */
  readonly #waiting = new Set<symbol>()
  #changed = new AbortController()

  constructor(rate: Rate | undefined, clock: Clock = systemClock) {
    this.#clock = clock
    this.#perSecond = perSecond(rate)
    this.#filledAt = clock.now()
  }

  /** Waits for an allowance of at least one record. Throws the signal's reason when it aborts first. */
  async grant(signal: AbortSignal): Promise<Grant> {
    signal.throwIfAborted()
    if (!this.limited) return UNLIMITED
    const waiter = Symbol('waiter')
    this.#waiting.add(waiter)
    try {
      for (;;) {
        signal.throwIfAborted()
        if (!this.limited) return UNLIMITED
        const first = this.#waiting.values().next().value === waiter
        const missing = first ? this.#missingMs() : Number.POSITIVE_INFINITY
        if (missing <= 0) return this.#take()
        await this.#sleep(missing, signal)
      }
    } finally {
      this.#waiting.delete(waiter)
      this.#wake()
    }
  }

  /** Rises with every change of the rate: what was granted before it is not worth the same any more. */
  get version(): number {
    return this.#version
  }

  /** Sets another rate from now on; lanes that wait are served by it at once. Undefined lifts the limit. */
  change(rate: Rate | undefined): void {
    this.#fill()
    this.#version++
    this.#perSecond = perSecond(rate)
    for (const kind of KINDS) this.#tokens[kind] = Math.min(this.#tokens[kind], this.#capacity(kind))
    this.#wake()
  }

  /** The rate of now. */
  get perSecond(): Amount {
    return this.#perSecond
  }

  /** Whether anything is limited now. */
  get limited(): boolean {
    return KINDS.some(kind => Number.isFinite(this.#perSecond[kind]))
  }

  #capacity(kind: Kind): number {
    return Math.max(1, this.#perSecond[kind])
  }

  #slice(kind: Kind): number {
    const lanes = Math.max(1, this.#outstanding + this.#waiting.size)
    return Math.max(1, Math.min((this.#perSecond[kind] * SLICE_MS) / 1000 / lanes, this.#capacity(kind)))
  }

  #fill(): void {
    const now = this.#clock.now()
    const seconds = Math.max(0, now - this.#filledAt) / 1000
    this.#filledAt = now
    for (const kind of KINDS) {
      const more = Number.isFinite(this.#perSecond[kind]) ? this.#perSecond[kind] * seconds : 0
      this.#tokens[kind] = Math.min(this.#tokens[kind] + more, this.#capacity(kind))
    }
  }

  #missingMs(): number {
    this.#fill()
    const waits = KINDS.filter(kind => Number.isFinite(this.#perSecond[kind])).map(
      kind => ((this.#slice(kind) - this.#tokens[kind]) / this.#perSecond[kind]) * 1000,
    )
    const longest = Math.max(0, ...waits)
    // A remainder of rounding is no reason to wait again.
    return longest < 0.01 ? 0 : Math.ceil(longest)
  }

  #take(): Grant {
    const given = { records: this.#allow('records'), bytes: this.#allow('bytes') }
    this.#add(given, -1)
    this.#outstanding++
    let settled = false
    return {
      ...given,
      settle: used => {
        if (settled) return
        settled = true
        this.#outstanding--
        this.#add({ records: given.records - used.records, bytes: given.bytes - used.bytes }, 1)
        this.#wake()
      },
    }
  }

  #allow(kind: Kind): number {
    return Number.isFinite(this.#perSecond[kind]) ? Math.floor(this.#slice(kind) + 0.0001) : Number.POSITIVE_INFINITY
  }

  #add(amount: Amount, sign: 1 | -1): void {
    for (const kind of KINDS) if (Number.isFinite(amount[kind])) this.#tokens[kind] += sign * amount[kind]
  }

  #wake(): void {
    const changed = this.#changed
    this.#changed = new AbortController()
    changed.abort()
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const changed = this.#changed.signal
    const either = AbortSignal.any([signal, changed])
    try {
      await (Number.isFinite(ms) ? this.#clock.sleep(ms, either) : aborted(either))
    } catch (error) {
      if (!changed.aborted || signal.aborted) throw error
    }
  }
}

const perSecond = (rate: Rate | undefined): Amount => ({
  records: rate?.messages ?? Number.POSITIVE_INFINITY,
  bytes: rate?.bytes ?? Number.POSITIVE_INFINITY,
})

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
