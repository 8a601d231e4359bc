import { setTimeout as sleep } from 'node:timers/promises'
import type { RunEvent } from '../../core/event.js'
import type { HoldGate } from '../../core/gate.js'

/** What lies in the lanes: not worked off yet, and worked off since the run began. Messages, or offsets with their markers. */
export type LanesSeen = { readonly lag: number; readonly read: number }

/** The temporary lanes of a run as its boundary looks at them. */
export type LanesInView = {
  readonly run: string
  /** The lanes of the source that are copied into them. */
  readonly lanes: readonly string[]
  readonly gate: HoldGate
  /** A lag of so much is small, however slowly they are worked. */
  readonly small: number
  look(): Promise<LanesSeen>
  /** Asked where nothing was read for a while. */
  isWorked(): Promise<boolean>
  /** Whether nothing in them is left to be read, by a closer look. */
  isEmpty(seen: LanesSeen): Promise<boolean>
  /** Whether a look that failed may succeed later. */
  mayPass(error: unknown): boolean
}

/** A lag that is worked off in so many seconds is small. */
const SMALL_SECONDS = 5
/** Lanes of which nothing is read for so many looks may have nobody who works them. */
const IDLE_LOOKS = 10
const WORKERS = 'lanes'
const BROKER = 'lanes broker'

/**
 * `--until lanes-empty`: the copy follows the tail until every lane of the source was caught up with and what lies in the temporary lanes is
 * worked off in 5 s or less; then the boundary closes, and the run ends when they are empty. Its generators carry the gate's events, which
 * nobody else takes while all lanes wait.
 */
export class LanesBoundary {
  readonly #view: LanesInView
  readonly #lookMs: number
  readonly #tailMs: number
  readonly #caughtUp = new Set<string>()
  readonly #ended = new Set<string>()
  readonly #over = new AbortController()
  #closed = false
  #before: { readonly at: number; readonly read: number } | undefined
  #idle = 0
  #failures = 0

  /** `lookMs`: the lanes are looked at this often; `tailMs`: one at its tail looks for more this often. Milliseconds. */
  constructor(view: LanesInView, { lookMs = 1000, tailMs = 250 } = {}) {
    this.#view = view
    this.#lookMs = lookMs
    this.#tailMs = tailMs
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Nothing may be copied now, also by who waits at the tail. */
  get held(): boolean {
    return this.#view.gate.closed
  }

  /** A lane of the source was copied up to its tail. */
  caughtUp(lane: string): void {
    this.#caughtUp.add(lane)
  }

  /** Resolves after a while at the tail; later while the run is held; at once when `soft` aborts. */
  async changed(soft: AbortSignal): Promise<void> {
    do await pause(this.#tailMs, soft)
    while (this.held && !soft.aborted)
  }

  /** The events of one lane's copy; where they end it is waited for no more. */
  async *following(lane: string, events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
    try {
      yield* events
    } finally {
      this.caughtUp(lane)
      this.#ended.add(lane)
      if (this.#ended.size === this.#view.lanes.length) this.#over.abort()
    }
  }

  /** Looks at the lanes until the boundary has closed, nothing is copied any more, or `soft` aborts. Throws what does not pass. */
  async *watch(soft: AbortSignal): AsyncGenerator<RunEvent> {
    const over = AbortSignal.any([soft, this.#over.signal])
    while (!this.#closed && !over.aborted) {
      await pause(this.#lookMs, over)
      if (this.#caughtUp.size === this.#view.lanes.length && !over.aborted)
        this.#closed = (await this.#passing(() => this.#isSmall())) ?? false
      yield* this.#view.gate.takeEvents()
    }
  }

  /** Waits until the lanes are empty. Throws the reason of `soft`, and what does not pass. */
  async *untilEmpty(soft: AbortSignal): AsyncGenerator<RunEvent> {
    const { gate } = this.#view
    for (;;) {
      soft.throwIfAborted()
      const isEmpty = await this.#passing(async () => this.#view.isEmpty(await this.#look()))
      if (isEmpty === true) break
      yield* gate.takeEvents()
      await pause(this.#lookMs, soft)
    }
    gate.recovered(WORKERS)
    yield* gate.takeEvents()
  }

  async #isSmall(): Promise<boolean> {
    const before = this.#before
    const { lag, read } = await this.#look()
    const now = performance.now()
    this.#before = { at: now, read }
    const perSecond = before === undefined ? 0 : ((read - before.read) * 1000) / Math.max(1, now - before.at)
    return lag <= Math.max(this.#view.small, perSecond * SMALL_SECONDS)
  }

  #read = -1

  /** Looks, and tells at the gate when nobody works the lanes. */
  async #look(): Promise<LanesSeen> {
    const { gate, run } = this.#view
    const seen = await this.#view.look()
    this.#idle = seen.read <= this.#read && seen.lag > 0 ? this.#idle + 1 : 0
    this.#read = seen.read
    if (this.#idle < IDLE_LOOKS || (await this.#view.isWorked())) gate.recovered(WORKERS)
    else gate.trouble(WORKERS, `lanes: nobody works them (spillway fanout ${run} --exec CMD --execute)`)
    return seen
  }

  /** A broker that is away is waited for, and told from the second time on. */
  async #passing<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { gate } = this.#view
    try {
      const result = await work()
      this.#failures = 0
      gate.recovered(BROKER)
      return result
    } catch (error) {
      if (!this.#view.mayPass(error)) throw error
      this.#failures++
      if (this.#failures > 1) gate.trouble(BROKER, `broker: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
}

const pause = (ms: number, soft: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal: soft }).catch(() => undefined)
