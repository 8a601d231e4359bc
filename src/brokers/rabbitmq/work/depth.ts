/** Bytes that the messages in hand of one process may have together. */
const IN_HAND = 64 << 20
const MOST = 2000
const MOST_SMALL = 5000
const SMALL = 4 << 10
/** The first look at how large messages are, and how fast they are handled. */
const FIRST = 50
/** No more is taken than is handled within this time: what waits longer comes near the server's consumer_timeout. Seconds. */
const AHEAD_S = 20
/** Growth is worth a new consumer from this factor on; less memory from half. */
const GROWTH = 4
/** A speed is believed after so long. Milliseconds. */
const WINDOW_MS = 250

/** Messages unacked of all lanes of a run together, where a consumer keeps the prefetch that it began with. */
const FIXED = 2000

export type DepthOptions = {
  /** Bytes of a body, as far as is known beforehand. */
  readonly bodyBytes?: number | undefined
  /** Messages unacked at most, by the plan. */
  readonly most?: number | undefined
  /** Messages that keep all handlers of this process busy. */
  readonly ahead: number
  /** Lanes that this process works on now. */
  readonly lanes: () => number
  /** Lanes of the whole run, whoever works on them; absent: one. */
  readonly all?: number
  readonly now: () => number
}

/**
 * What a consumer that cannot be begun anew takes at most, by the numbers that the processes of a run were given: handlers to be kept busy, and
 * lanes of the whole run. Pure.
 */
export const agreedDepth = (ahead: number, all: number): number =>
  Math.min(MOST, Math.max(2 * ahead, Math.ceil(FIXED / all)))

/** Chooses how many messages of one lane may be unacked: by their size, and by how fast they are handled. */
export class Depth {
  readonly #options: DepthOptions
  #largest = 0
  #largestBefore = 0
  #seen = 0
  #perSecond: number | undefined
  #window: { readonly at: number; count: number } | undefined

  constructor(options: DepthOptions) {
    this.#options = options
  }

  /** A message of this size came. Bytes. */
  arrived(size: number): void {
    this.#largest = Math.max(this.#largest, size)
    this.#seen++
    // Sizes that are long past are forgotten.
    if (this.#seen % MOST === 0) [this.#largestBefore, this.#largest] = [this.#largest, size]
  }

  /** So many messages were handled. */
  handled(count: number): void {
    const now = this.#options.now()
    this.#window ??= { at: now, count: 0 }
    this.#window.count += count
    const ms = now - this.#window.at
    if (ms < WINDOW_MS) return
    this.#perSecond = (this.#window.count * 1000) / ms
    this.#window = { at: now, count: 0 }
  }

  /** Nothing is known yet of how large messages are and how fast they are handled. */
  get isBlind(): boolean {
    return this.#seen === 0
  }

  /** The prefetch that a consumer should have now. */
  get wanted(): number {
    const { most = MOST_SMALL } = this.#options
    const busy = this.#busy
    if (this.#seen === 0 || this.#perSecond === undefined)
      return Math.min(most, Math.max(busy, Math.min(FIRST, 2 * busy)))
    const soon = Math.ceil(this.#perSecond * AHEAD_S)
    return Math.max(busy, Math.min(most, this.#fitting, soon), 1)
  }

  /**
   * The prefetch of a consumer that cannot be begun anew. It is the same for every consumer of the run, in whatever process: a quorum queue before
   * 4.0 puts what comes back behind what came back earlier, so each consumer must take all that the one before it gave back (rabbit_fifo.erl of 3.10).
   */
  get fixed(): number {
    const { most = MOST_SMALL, ahead, all = 1 } = this.#options
    const wanted = agreedDepth(ahead, all)
    const fitting = powerOfTwo(IN_HAND / all / this.#largestKnown)
    return Math.max(Math.ceil(ahead / all), Math.min(most, MOST, fitting, wanted), 1)
  }

  /** Whether messages are so large that a consumer with this prefetch holds too many bytes. */
  isTooDeep(prefetch: number): boolean {
    return prefetch >= 2 * Math.max(this.#busy, this.#fitting)
  }

  /** Whether a consumer with this prefetch should be begun anew. */
  outgrown(prefetch: number): boolean {
    return this.isTooDeep(prefetch) || this.wanted >= prefetch * GROWTH
  }

  /** This lane's part of what keeps the handlers busy. */
  get #busy(): number {
    return Math.max(1, Math.ceil(this.#options.ahead / this.#lanes))
  }

  get #fitting(): number {
    const largest = this.#largestKnown
    const share = IN_HAND / this.#lanes
    return Math.max(1, Math.min(largest < SMALL ? MOST_SMALL : MOST, Math.floor(share / largest)))
  }

  get #largestKnown(): number {
    return Math.max(this.#largest, this.#largestBefore) || Math.max(1, this.#options.bodyBytes ?? SMALL)
  }

  get #lanes(): number {
    return Math.max(1, this.#options.lanes())
  }
}

/** The next one below: sizes that differ by little, as two processes know them, come to the same. */
const powerOfTwo = (number: number): number => 2 ** Math.floor(Math.log2(Math.max(1, number)))
