import { type Clock, systemClock } from './clock.js'
import type { RunEvent } from './event.js'
import type { Gate } from './ports.js'

export type Hold = {
  readonly reason: string
  /** `clears`: its gauge lifts it. `operator`: only a person does. */
  readonly until: 'clears' | 'operator'
  /** ISO 8601 in UTC. */
  readonly since: string
}

/** What `release` takes as `by` when the cause went away by itself. */
export const CLEARED = 'cleared'

/**
 * The holds of one run. Closed while any hold is open but that of an outage, each with its own reason; open otherwise. Whoever notices a cause calls `hold` and
 * `release`, from anywhere; each lane stops in `pass`. The events of a change are queued here and handed out once, to
 * whichever lane passes first; `takeEvents` gives what no lane was left to carry.
 */
export class HoldGate implements Gate {
  readonly #clock: Clock
  readonly #open = new Map<string, Hold>()
  readonly #ignored = new Set<string>()
  readonly #troubled = new Set<string>()
  /** Reason of the hold that tells of lanes in trouble: they try again by themselves, and others go on. */
  #outage: string | undefined
  readonly #events: RunEvent[] = []
  readonly #wakers = new Set<() => void>()
  readonly #listeners = new Set<() => void>()

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** The holds that are open now, oldest first. */
  holds(): readonly Hold[] {
    return [...this.#open.values()]
  }

  /** Whether anything but an outage of single lanes holds the run now. */
  get closed(): boolean {
    return this.#isClosed
  }

  /** Calls back after every change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Opens a hold; the same reason twice is one hold. False where an operator chose to ignore the reason. */
  hold(reason: string, until: Hold['until']): boolean {
    if (this.ignores(reason)) return false
    const known = this.#open.get(reason)
    if (known !== undefined) {
      if (until === 'operator') this.#open.set(reason, { ...known, until })
      return true
    }
    const since = this.#time()
    this.#open.set(reason, { reason, until, since })
    this.#say({ type: 'held', at: since, reason, until })
    return true
  }

  /** Lifts a hold. `CLEARED` does not lift what waits for an operator. True where it lifted one. */
  release(reason: string, by: string): boolean {
    const hold = this.#open.get(reason)
    if (hold === undefined || (hold.until === 'operator' && by === CLEARED)) return false
    this.#open.delete(reason)
    this.#say({ type: 'released', at: this.#time(), reason, by })
    return true
  }

  trouble(lane: string, reason: string): void {
    const isTold = this.#troubled.size > 0
    this.#troubled.add(lane)
    if (isTold || !this.hold(reason, 'clears')) return
    this.#outage = reason
  }

  recovered(lane: string): void {
    if (!this.#troubled.delete(lane) || this.#troubled.size > 0 || this.#outage === undefined) return
    this.release(this.#outage, CLEARED)
    this.#outage = undefined
  }

  /** Lifts every hold that waits for an operator; gives their reasons. */
  resume(by: string): readonly string[] {
    const waiting = this.holds().filter(hold => hold.until === 'operator')
    return waiting.filter(({ reason }) => this.release(reason, by)).map(({ reason }) => reason)
  }

  /** Lifts and from now on refuses every hold whose reason is, or begins with, this text; journalled. */
  ignore(reason: string, by: string): void {
    this.#ignored.add(reason)
    this.#say({ type: 'steered', at: this.#time(), what: `ignore ${reason}`, by })
    for (const hold of this.holds()) if (this.ignores(hold.reason)) this.release(hold.reason, by)
  }

  /** Whether an operator chose to ignore this reason. */
  ignores(reason: string): boolean {
    return [...this.#ignored].some(text => reason.startsWith(text))
  }

  /** Yields what changed, once for all lanes, and ends when nothing holds this lane or `soft` aborts. */
  async *pass(_lane: string, soft: AbortSignal): AsyncGenerator<RunEvent> {
    for (;;) {
      yield* this.takeEvents()
      if (this.#events.length > 0) continue
      if (!this.#isClosed || soft.aborted) return
      await this.#changed(soft)
    }
  }

  /** Takes the events that no lane has carried yet, for the end of a run. */
  *takeEvents(): Generator<RunEvent> {
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) yield event
  }

  get #isClosed(): boolean {
    const harmless = this.#outage !== undefined && this.#open.has(this.#outage) ? 1 : 0
    return this.#open.size > harmless
  }

  #time(): string {
    return new Date(this.#clock.now()).toISOString()
  }

  #say(event: RunEvent): void {
    this.#events.push(event)
    for (const wake of this.#wakers) wake()
    for (const listener of this.#listeners) listener()
  }

  #changed(soft: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        this.#wakers.delete(wake)
        soft.removeEventListener('abort', wake)
        resolve()
      }
      this.#wakers.add(wake)
      soft.addEventListener('abort', wake, { once: true })
    })
  }
}
