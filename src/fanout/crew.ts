import { ByAge } from './by-age.js'
import type { CrewOptions } from './crew-options.js'
import type { Entry } from './entry.js'
import { Fifo } from './fifo.js'
import { tooManyParked } from './parked-share.js'
import { Place } from './place.js'
import type { Outcome } from './ports.js'
import { retryDelayMs } from './retry.js'

type Trouble = Exclude<Outcome, { readonly kind: 'done' }>

/** Tries begun in one turn before timers and sockets get theirs. */
const TURN = 2048
/** How often a message may be in the hands of a handler that dies. */
const DEATHS = 2
/** How often one that waits for another such looks again. Milliseconds. */
const SUSPECT_MS = 10

/** Hands messages to the handler, as many at once as it takes, and sees each through its tries to done or parked. */
export class Crew {
  readonly #options: CrewOptions
  readonly #ready = new Fifo<Entry>()
  /** What waited for the one before it in its key, or is tried again: it goes when its age has its turn. */
  readonly #late = new ByAge()
  readonly #places: Place[] = []
  /** The one message that is tried again of those that a handler died with. */
  #suspect: Entry | undefined
  /** What waits before it is tried again; a timer that is left keeps the process. */
  readonly #waiting = new Set<Entry>()
  #running = 0
  #turn = 0
  #timer: NodeJS.Timeout | undefined
  #isYielding = false
  #isGoing = false
  /** Something may have changed while others were begun. */
  #isCalled = false
  #over = 0
  #parked = 0
  #stopped = false

  constructor(options: CrewOptions) {
    this.#options = options
  }

  /** Takes messages that nothing stands before. */
  offer(entries: readonly Entry[]): void {
    for (const entry of entries) {
      entry.window.ready++
      this.#ready.push(entry)
    }
    this.go()
  }

  /** Begins what may begin now; to be called whenever that may have changed, which beginning itself may bring about: a hold ends there. */
  go(): void {
    this.#isCalled = true
    if (this.#isGoing) return
    this.#isGoing = true
    try {
      while (this.#isCalled) this.#beginAll()
    } finally {
      this.#isGoing = false
    }
  }

  #beginAll(): void {
    this.#isCalled = false
    const { handler, throttle } = this.#options
    while (!this.#isYielding && !this.#stopped && this.#running < handler.slots) {
      const first = this.#oldest()
      if (first === undefined) return
      if (first.state === 'dropped') this.#next()
      else if (this.#turn >= TURN) this.#yield()
      else {
        const wait = throttle.begin(this.#running, first.message?.size ?? 0)
        if (wait > 0) {
          this.#later(wait)
          return
        }
        this.#turn++
        this.#begin(this.#next())
      }
    }
  }

  #put(late: Entry): void {
    late.window.ready++
    this.#late.push(late)
  }

  /** The oldest first: few messages are done past one that is not, and the hottest key, the longest way, loses no turn. */
  #oldest(): Entry | undefined {
    const [late, ready] = [this.#late.peek(), this.#ready.peek()]
    return late === undefined || (ready !== undefined && ready.age < late.age) ? ready : late
  }

  #next(): Entry {
    const entry = this.#oldest() as Entry
    if (entry === this.#late.peek()) this.#late.shift()
    else this.#ready.shift()
    entry.window.ready--
    return entry
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** Begins nothing any more; what is in hand may end. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    for (const { timer } of this.#waiting) clearTimeout(timer)
  }

  #yield(): void {
    this.#isYielding = true
    setImmediate(() => {
      this.#isYielding = false
      this.#turn = 0
      this.go()
    })
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    if (ms !== Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.go(), ms)
  }

  #begin(entry: Entry): void {
    const { handler, throttle, hard, now } = this.#options
    const place = this.#places.pop() ?? new Place(this.#ended, this.#broke)
    place.entry = entry
    this.#running++
    entry.window.inHands++
    entry.state = 'begun'
    if (throttle.timed) entry.startedAt = now()
    const message = entry.message as NonNullable<typeof entry.message>
    try {
      const outcome = handler.handle({ message, attempt: entry.tries + 1 }, hard)
      if (outcome instanceof Promise) outcome.then(place.done, place.broken)
      else this.#end(this.#leave(place), outcome)
    } catch (error) {
      this.#broke(place, error)
    }
  }

  readonly #ended = (place: Place, outcome: Outcome): void => {
    this.#end(this.#leave(place), outcome)
    this.go()
  }

  readonly #broke = (place: Place, error: unknown): void => {
    const entry = this.#leave(place)
    this.#running--
    entry.window.inHands--
    this.#options.fail(error)
    entry.window.onChange()
  }

  #leave(place: Place): Entry {
    const entry = place.entry as Entry
    place.entry = undefined
    this.#places.push(place)
    return entry
  }

  #end(entry: Entry, outcome: Outcome): void {
    const { throttle, now } = this.#options
    this.#running--
    entry.window.inHands--
    if (entry === this.#suspect) this.#suspect = undefined
    throttle.end(outcome, throttle.timed ? now() - entry.startedAt : 0)
    if (entry.state !== 'dropped') {
      if (outcome.kind === 'done') this.#finish(entry, 'done')
      else this.#tryAgain(entry, outcome)
    }
    entry.window.onChange()
  }

  #tryAgain(entry: Entry, outcome: Trouble): void {
    if (outcome.kind === 'failed' || outcome.kind === 'refused') entry.tries++
    if (outcome.kind === 'later') entry.waits++
    if (outcome.kind === 'died') entry.deaths++
    if (this.#isHopeless(entry, outcome)) void this.#park(entry, outcome.reason)
    else this.#wait(entry, outcome)
  }

  #isHopeless(entry: Entry, outcome: Trouble): boolean {
    if (outcome.kind === 'refused') return true
    return outcome.kind === 'died' ? entry.deaths >= DEATHS : entry.tries > this.#options.retries
  }

  #wait(entry: Entry, outcome: Trouble): void {
    const tries = outcome.kind === 'later' ? entry.waits : entry.tries + entry.deaths
    const asked = outcome.kind === 'later' ? (outcome.afterMs ?? 0) : 0
    const ms = Math.max(asked, retryDelayMs(Math.max(1, tries), this.#options.random))
    this.#againIn(entry, ms)
  }

  #againIn(entry: Entry, ms: number): void {
    if (this.#stopped) return
    this.#waiting.add(entry)
    entry.timer = setTimeout(() => this.#again(entry), ms)
  }

  /** What a handler died with comes back one by one: the message that kills it takes no other with it twice. */
  #again(entry: Entry): void {
    entry.timer = undefined
    this.#waiting.delete(entry)
    if (entry.state === 'dropped') return
    if (entry.deaths > 0 && this.#suspect?.state === 'begun') {
      this.#againIn(entry, SUSPECT_MS)
      return
    }
    if (entry.deaths > 0) this.#suspect = entry
    this.#put(entry)
    this.go()
  }

  async #park(entry: Entry, reason: string): Promise<void> {
    const message = entry.message as NonNullable<typeof entry.message>
    entry.window.inHands++
    try {
      await this.#options.park({ message, reason, attempts: entry.tries + entry.deaths })
    } catch (error) {
      this.#options.fail(error)
      return
    } finally {
      entry.window.inHands--
      entry.window.onChange()
    }
    if (entry.state === 'dropped') return
    this.#parked++
    this.#finish(entry, 'parked')
    entry.window.onChange()
    const { maxParkedPercent: maxPercent, expected, fail } = this.#options
    const counts = { parked: this.#parked, over: this.#over, expected }
    const tooMany = maxPercent === undefined ? undefined : tooManyParked({ ...counts, maxPercent }, reason)
    if (tooMany !== undefined) fail(tooMany)
    this.go()
  }

  #finish(entry: Entry, state: 'done' | 'parked'): void {
    this.#over++
    const follower = entry.window.finish(entry, state)
    if (follower === undefined || follower.state === 'dropped') return
    this.#put(follower)
  }
}
