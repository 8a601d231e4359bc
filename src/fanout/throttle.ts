import { CLEARED } from '../core/gate.js'
import { Breaker } from './breaker.js'
import { Pace, type PaceOptions } from './pace.js'
import type { Outcome, WorkGate } from './ports.js'
import type { Purse } from './purse.js'

export type ThrottleOptions = {
  readonly gate: WorkGate
  /** Most tries at once. */
  readonly slots: number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly maxErrorPercent?: number | undefined
  /** The run's rate. */
  readonly purse: Purse
  /** Absent: no closed loop. */
  readonly pace?: PaceOptions | undefined
}

/** A wait that the handler asked for is a hold, with its reason, from here on. Milliseconds. */
const TELL_FROM_MS = 1000
/** An answer that asks to wait may word its reason anew each time; so soon after a hold it is the same one. Milliseconds. */
const SAME_MS = 60_000
/** Tries at once in the beginning; doubles with each round that does well. */
const FIRST_SLOTS = 4

/** Says whether one more try may begin now: gate, breaker, what the handler asked for, pace, and a slow start. */
export class Throttle {
  readonly #options: ThrottleOptions
  readonly #breaker: Breaker
  readonly #pace: Pace | undefined
  #limit: number
  #wellInRow = 0
  #notBefore = 0
  #reason: string | undefined
  #last: { readonly reason: string; readonly endedAt: number } | undefined

  constructor(options: ThrottleOptions) {
    this.#options = options
    this.#breaker = new Breaker({ maxErrorPercent: options.maxErrorPercent })
    this.#pace = options.pace && new Pace(options.pace, options.now())
    this.#limit = Math.min(FIRST_SLOTS, options.slots)
  }

  /** What waits must ask for time: how long a try takes is measured only where something depends on it. */
  get timed(): boolean {
    return this.#pace !== undefined
  }

  /** Milliseconds until one more try, of so many bytes, may begin beside `running` others; 0 begins it; Infinity: whatever changes will call again. */
  begin(running: number, bytes: number): number {
    if (this.#isHeldByOthers()) return Number.POSITIVE_INFINITY
    if (running >= this.#limit) return Number.POSITIVE_INFINITY
    const now =
      this.#reason === undefined && this.#pace === undefined && this.#notBefore === 0 ? 0 : this.#options.now()
    const wait = Math.max(
      this.#notBefore - now,
      this.#breaker.open && !this.#isIgnored() ? this.#breaker.waitMs(now) : 0,
    )
    if (wait > 0) return wait
    if (this.#notBefore > 0) this.#askedTimeIsOver()
    const pace = this.#pace?.take(now) ?? 0
    if (pace > 0) return pace
    if (!this.#options.purse.take(bytes)) return Number.POSITIVE_INFINITY
    this.#breaker.begin()
    return 0
  }

  /** Notes how a try ended, and how long it took in milliseconds. */
  end(outcome: Outcome, ms: number): void {
    const well = outcome.kind === 'done'
    this.#pace?.observe(ms, well)
    if (well) this.#rampUp()
    if (outcome.kind === 'later' && outcome.afterMs !== undefined) this.#wait(outcome.reason, outcome.afterMs)
    const how = well || outcome.kind === 'refused' ? 'ok' : isOutage(outcome) ? 'outage' : 'failed'
    if (!this.#breaker.end(how, how === 'ok' && !this.#breaker.open ? 0 : this.#options.now())) return
    if (this.#breaker.open) this.#hold(`handler: ${reasonOf(outcome)}`)
    else this.#recover()
  }

  /** After a pause, what is behind the handler is met by few at first. */
  #recover(): void {
    const reason = this.#reason
    this.#reason = undefined
    this.#limit = 1
    this.#wellInRow = 0
    this.#pace?.restart()
    if (reason === undefined) return
    this.#last = { reason, endedAt: this.#options.now() }
    // Last: whoever hears that the hold is over begins tries at once.
    this.#options.gate.release(reason, CLEARED)
  }

  #rampUp(): void {
    if (this.#limit >= this.#options.slots || ++this.#wellInRow < this.#limit) return
    this.#wellInRow = 0
    this.#limit = Math.min(this.#options.slots, this.#limit * 2)
  }

  #wait(reason: string, ms: number): void {
    const until = this.#options.now() + ms
    if (until <= this.#notBefore) return
    this.#notBefore = until
    if (ms >= TELL_FROM_MS) this.#hold(`handler: ${reason}`)
  }

  #askedTimeIsOver(): void {
    this.#notBefore = 0
    if (!this.#breaker.open) this.#recover()
  }

  /** One hold at a time is its own; the first reason stays. */
  #hold(words: string): void {
    if (this.#reason !== undefined) return
    const reason = this.#sameAgain(words) ?? words
    if (this.#options.gate.hold(reason, 'clears')) this.#reason = reason
  }

  /** The words of its last hold, where this is that one again. */
  #sameAgain(words: string): string | undefined {
    const last = this.#last
    const isSoon = last !== undefined && this.#options.now() - last.endedAt <= SAME_MS
    return isSoon && headOf(last.reason) === headOf(words) ? last.reason : undefined
  }

  #isHeldByOthers(): boolean {
    const { gate } = this.#options
    return gate.closed && (this.#reason === undefined || gate.holds().some(({ reason }) => reason !== this.#reason))
  }

  /** An operator who ignores the hold has lifted it: nothing waits for it. */
  #isIgnored(): boolean {
    return this.#reason === undefined || !this.#options.gate.holds().some(({ reason }) => reason === this.#reason)
  }
}

/** `handler: 429 Too Many Requests` of a reason that goes on with what the service said. */
const headOf = (reason: string): string => reason.split(': ', 2).join(': ')

const isOutage = (outcome: Outcome): boolean =>
  outcome.kind === 'later' || (outcome.kind === 'failed' && outcome.outage === true)

const reasonOf = (outcome: Outcome): string => (outcome.kind === 'done' ? '' : outcome.reason)
