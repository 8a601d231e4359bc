/** How the loop looks at the handler. */
export type PaceOptions = {
  /** p95 of a try that is still well, in milliseconds. */
  readonly targetLatencyMs?: number | undefined
  /** Messages a second that it never goes below, and starts at. */
  readonly minRate?: number | undefined
  readonly maxRate?: number | undefined
}

/** It looks and changes this often. Milliseconds. */
const EVERY_MS = 1000
const SAMPLES = 512
const ERROR_SHARE = 0.1
const DECREASE = 0.7
const LEAST_RATE = 1
/** Tokens are kept for this part of a second at most, so that a pause is not made up for in a burst. */
const BURST_SECONDS = 0.1

/**
 * A closed loop on the handler's latency and errors: additive increase, multiplicative decrease of the rate (AIMD, RFC 5681 3.1), beginning
 * with a slow start that doubles each second until the first sign of trouble.
 */
export class Pace {
  readonly #options: PaceOptions
  readonly #least: number
  readonly #most: number
  #rate: number
  #starting = true
  #tokens = 0
  #filledAt: number
  #lookedAt: number
  #latencies: number[] = []
  #tries = 0
  #errors = 0

  constructor(options: PaceOptions, now: number) {
    this.#options = options
    this.#least = Math.max(LEAST_RATE, options.minRate ?? LEAST_RATE)
    this.#most = options.maxRate ?? Number.POSITIVE_INFINITY
    this.#rate = Math.min(this.#most, options.minRate ?? FIRST_RATE)
    this.#filledAt = now
    this.#lookedAt = now
  }

  /** Messages a second that it allows now. */
  get rate(): number {
    return this.#rate
  }

  /** Milliseconds until a try may begin; 0 takes its place. */
  take(now: number): number {
    this.#look(now)
    this.#tokens = Math.min(
      Math.max(1, this.#rate * BURST_SECONDS),
      this.#tokens + (this.#rate * (now - this.#filledAt)) / 1000,
    )
    this.#filledAt = now
    if (this.#tokens < 1) return Math.max(1, ((1 - this.#tokens) / this.#rate) * 1000)
    this.#tokens--
    return 0
  }

  /** Notes how long a try took, in milliseconds, and whether it did well. */
  observe(ms: number, well: boolean): void {
    this.#tries++
    if (!well) this.#errors++
    if (this.#latencies.length < SAMPLES) this.#latencies.push(ms)
    else this.#latencies[this.#tries % SAMPLES] = ms
  }

  /** Begins again from below: what was away must not meet the whole herd. */
  restart(): void {
    this.#rate = Math.min(this.#most, this.#options.minRate ?? FIRST_RATE)
    this.#starting = true
    this.#tokens = 0
  }

  #look(now: number): void {
    if (now - this.#lookedAt < EVERY_MS) return
    this.#lookedAt = now
    if (this.#tries === 0) return
    const trouble = this.#errors / this.#tries > ERROR_SHARE || this.#isSlow()
    const used = this.#tries
    this.#latencies = []
    this.#tries = 0
    this.#errors = 0
    if (trouble) {
      this.#starting = false
      this.#set(this.#rate * DECREASE)
      // A rate that nobody used up shows nothing about what can be borne.
    } else if (used >= this.#rate * 0.5) this.#set(this.#starting ? this.#rate * 2 : this.#rate + step(this.#rate))
  }

  #isSlow(): boolean {
    const { targetLatencyMs } = this.#options
    if (targetLatencyMs === undefined) return false
    const sorted = this.#latencies.sort((a, b) => a - b)
    return (sorted[Math.floor(sorted.length * 0.95)] ?? 0) > targetLatencyMs
  }

  #set(rate: number): void {
    this.#rate = Math.min(this.#most, Math.max(this.#least, rate))
  }
}

const FIRST_RATE = 10

const step = (rate: number): number => Math.max(1, rate * 0.05)
