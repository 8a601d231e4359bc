import type { RunEvent } from '../core/event.js'
import type { WorkOrder } from '../core/fanout-plan.js'
import { HoldError, LostRange } from '../errors.js'
import { Alarm } from './alarm.js'
import { Behind } from './behind.js'
import type { Crew } from './crew.js'
import { feed } from './feed.js'
import { LaneTale } from './lane-tale.js'
import { LaneGone, type WorkGate, type WorkLane } from './ports.js'
import type { Room } from './room.js'
import { LaneWindow, type Settleable } from './window.js'

export type LaneParts = {
  readonly crew: Crew
  readonly gate: WorkGate
  readonly room: Room
  readonly order: WorkOrder
  readonly now: () => Date
  readonly tell: (event: RunEvent) => void
  /** Longest that work in hand may take once the lane is to be given back, in milliseconds. */
  readonly patienceMs: number
  readonly soft: AbortSignal
  readonly hard: AbortSignal
}

/** What is done is settled at least this often. Milliseconds. */
const SETTLE_MS = 250
/** Acks free the prefetch window of a queue. */
const SETTLE_EACH_MS = 20
/** Or as soon as this many messages are done. */
const SETTLE_COUNT = 2048
/** Longest that what was begun is tried again once the run is stopping. Milliseconds. */
const STOP_MS = 10_000

/** One life of one lane: opens it, feeds its window, settles what is done, and gives it back. */
export class LaneWork {
  readonly #lane: WorkLane
  readonly #parts: LaneParts
  readonly #window: LaneWindow
  readonly #tale: LaneTale
  readonly #behind: Behind
  /** Something is over. */
  readonly #alarm = new Alarm()
  /** There may be room again. */
  readonly #roomier = new Alarm()
  #isClosing = false
  /** The feeding waits for room. */
  #isFull = false
  /** Ends the reading of this lane alone. */
  readonly #ending = new AbortController()
  #feeding: Promise<void> = Promise.resolve()

  constructor(lane: WorkLane, parts: LaneParts) {
    this.#lane = lane
    this.#parts = parts
    this.#window = new LaneWindow(lane, parts.order)
    this.#tale = new LaneTale(lane.lane, parts)
    this.#behind = new Behind(this.#window, parts)
  }

  /** Resolves when the lane is given back. Throws what ends the whole run. */
  async run(): Promise<void> {
    const { room, gate, soft } = this.#parts
    const wake = () => this.#roomier.ring()
    const unhear = gate.onChange(wake)
    soft.addEventListener('abort', wake, { once: true })
    room.enter()
    let clean = false
    try {
      this.#tale.opened(await this.#lane.open())
      await this.#work()
      await this.#close()
      clean = true
    } catch (error) {
      if (!(error instanceof LaneGone)) throw error
      await this.#gone()
    } finally {
      await this.#stopFeeding()
      unhear()
      soft.removeEventListener('abort', wake)
      room.leave()
      this.#behind.clear()
      gate.recovered(this.#lane.lane)
      await this.#lane.close(clean)
    }
  }

  /** Feeds until there is no more, and settles beside it. */
  async #work(): Promise<void> {
    this.#window.onChange = () => {
      if (this.#isClosing || this.#window.unsettled >= SETTLE_COUNT) this.#alarm.ring()
      if (this.#isFull && this.#parts.room.isLow(this.#window)) this.#makeRoom()
    }
    let fed = false
    const ended = () => {
      fed = true
      this.#alarm.ring()
    }
    this.#feeding = this.#feed()
    this.#feeding.then(ended, ended)
    const pause = this.#lane.settling === 'each' ? SETTLE_EACH_MS : SETTLE_MS
    await this.#settleUntil(() => fed, pause)
    await this.#feeding
  }

  async #feed(): Promise<void> {
    const waiting = (isWaiting: boolean) => {
      this.#isFull = isWaiting
      this.#behind.waits(isWaiting)
    }
    const seen = ({ redelivered = 0 }: { redelivered?: number }) =>
      this.#tale.doubted(redelivered, 'delivered before, by the word of the broker')
    const soft = AbortSignal.any([this.#parts.soft, this.#ending.signal])
    try {
      await feed({ ...this.#parts, soft, window: this.#window, roomier: this.#roomier, waiting, seen })
    } catch (error) {
      if (!(error instanceof LostRange)) throw error
      this.#tale.lost(error)
    }
  }

  /** Whatever ended the lane first is what counts; that the reading ended with it is no news. */
  async #stopFeeding(): Promise<void> {
    this.#ending.abort()
    this.#roomier.ring()
    await this.#feeding.catch(() => undefined)
  }

  #makeRoom(): void {
    this.#isFull = false
    this.#roomier.ring()
  }

  /** No more is read: what was begun is brought to its end, as far as there is time, and settled. */
  async #close(): Promise<void> {
    this.#isClosing = true
    const { hard, patienceMs, soft } = this.#parts
    const began = performance.now()
    const isLate = (ms: number) => performance.now() - began > ms
    const isInVain = () => this.#isStuck() || isLate(soft.aborted ? STOP_MS : patienceMs / 2)
    // What is read to its end is worked to its end, unless the run is to stop.
    await this.#settleUntil(() => this.#window.left === 0 || !this.#lane.finished || soft.aborted)
    // A lane that was read to its end is not at its end any more once something of it is let go.
    const cut = this.#window.left > 0 ? this.#window.cut() : 0
    await this.#settleUntil(() => this.#window.left === 0 || isInVain())
    await this.#settleUntil(() => this.#window.inHands === 0 || (!soft.aborted && isLate(patienceMs)))
    hard.throwIfAborted()
    await this.#settle()
    this.#tale.tell()
    if (this.#window.left === 0 && this.#lane.finished && cut === 0) this.#tale.finished()
    else this.#tale.doubted(this.#window.drop(), 'done past a message that was not, and so not settled')
  }

  /** Nothing is begun any more for now, so waiting for it is in vain. */
  #isStuck(): boolean {
    return (this.#parts.gate.closed || this.#parts.crew.stopped) && this.#window.inHands === 0
  }

  async #settleUntil(isSo: () => boolean, pauseMs = SETTLE_MS): Promise<void> {
    while (!isSo()) {
      await this.#alarm.wait(pauseMs)
      this.#parts.hard.throwIfAborted()
      await this.#settle()
    }
  }

  async #settle(): Promise<void> {
    const done = this.#window.take()
    if (done === undefined) return this.#behind.look()
    await this.#settlePatiently(done)
    this.#tale.settled(done.upTo ?? this.#tale.mark, done.counts)
    this.#roomier.ring()
  }

  async #settlePatiently({ upTo = this.#tale.mark, messages, counts }: Settleable): Promise<void> {
    for (;;) {
      try {
        return await this.#lane.settle({ upTo, messages, counts })
      } catch (error) {
        if (!(error instanceof HoldError)) throw error
        this.#parts.gate.hold(error.message, error.until)
        await this.#untilOpen(error)
      }
    }
  }

  /** What is done stays in hand until the hold is lifted; a run that is to stop meanwhile leaves it unsettled. */
  async #untilOpen(hold: HoldError): Promise<void> {
    const { gate, soft, hard } = this.#parts
    while (gate.closed) {
      hard.throwIfAborted()
      if (soft.aborted) throw new LaneGone(hold.message)
      await this.#roomier.wait(SETTLE_MS)
    }
  }

  /** The lane is somebody else's by now: who works it next sees what was done here and not settled. */
  async #gone(): Promise<void> {
    this.#isClosing = true
    await this.#stopFeeding()
    this.#window.drop()
    const until = performance.now() + this.#parts.patienceMs
    while (this.#window.inHands > 0 && performance.now() < until && !this.#parts.hard.aborted) {
      await this.#alarm.wait(SETTLE_MS)
    }
    this.#tale.tell()
  }
}
