/** How many tries are looked back on. */
const LOOK_BACK = 50
/** Fewer say nothing about what the handler stands on. */
const LEAST = 10
/** Share of tries that met an outage from which it opens. */
const OUTAGE_SHARE = 0.8
/** Fewer tries in a row that met one say enough where they took so long: few keys fail slowly. Milliseconds. */
const FEW = 3
const FEW_MS = 2000
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000

/** How a try ended, for the breaker. `outage`: what the handler stands on did not answer, or asked to wait. */
export type Try = 'ok' | 'failed' | 'outage'

export type BreakerOptions = {
  /** Percent of failed tries from which it opens; absent: failures of messages never open it, they park. */
  readonly maxErrorPercent?: number | undefined
}

/**
 * Opens when most tries meet an outage, so that a dead database does not park a whole backlog. While it is open one probe at a time goes out,
 * after pauses that double from 1 s to 30 s; a probe that does well closes it (circuit breaker: Nygard, "Release It!", 2nd ed., 5.2).
 */
export class Breaker {
  readonly #maxErrorPercent: number | undefined
  #tries: Try[] = []
  /** Tries in a row that met an outage, and when the first of them ended. */
  #row = 0
  #rowSince = 0
  #openUntil: number | undefined
  #pause = FIRST_PAUSE_MS
  #probing = false

  constructor({ maxErrorPercent }: BreakerOptions = {}) {
    this.#maxErrorPercent = maxErrorPercent
  }

  get open(): boolean {
    return this.#openUntil !== undefined
  }

  /** Milliseconds until the next probe may go out; 0 where a try may begin now. */
  waitMs(now: number): number {
    if (this.#openUntil === undefined) return 0
    return this.#probing ? Number.POSITIVE_INFINITY : Math.max(0, this.#openUntil - now)
  }

  /** Notes that a try begins. */
  begin(): void {
    if (this.open) this.#probing = true
  }

  /** Notes how a try ended; true where that opened or closed the breaker. */
  end(how: Try, now: number): boolean {
    if (this.open) return this.#probed(how, now)
    this.#tries.push(how)
    if (this.#tries.length > LOOK_BACK) this.#tries.shift()
    this.#count(how, now)
    if (how === 'ok' || !(this.#isAway(now) || this.#isBad())) return false
    this.#openUntil = now + this.#pause
    return true
  }

  /** What was begun before it opened may still end; only an answer of the probe, or one that does well, tells something new. */
  #probed(how: Try, now: number): boolean {
    if (how === 'ok') {
      this.#openUntil = undefined
      this.#probing = false
      this.#tries = []
      this.#row = 0
      this.#pause = FIRST_PAUSE_MS
      return true
    }
    if (!this.#probing) return false
    this.#probing = false
    this.#pause = Math.min(LONGEST_PAUSE_MS, this.#pause * 2)
    this.#openUntil = now + this.#pause
    return false
  }

  #count(how: Try, now: number): void {
    if (how !== 'outage') this.#row = 0
    else if (this.#row++ === 0) this.#rowSince = now
  }

  /** Nothing but outages lately, whatever was well before. */
  #isAway(now: number): boolean {
    return this.#row >= LEAST || (this.#row >= FEW && now - this.#rowSince >= FEW_MS)
  }

  #isBad(): boolean {
    const all = this.#tries.length
    if (all < LEAST) return false
    const outages = this.#tries.filter(each => each === 'outage').length
    if (outages / all >= OUTAGE_SHARE) return true
    const bad = this.#tries.filter(each => each !== 'ok').length
    return this.#maxErrorPercent !== undefined && (bad / all) * 100 > this.#maxErrorPercent
  }
}
