import type { Delivery } from '../wire/delivery.js'
import type { Stage } from './intake.js'

/** Bytes that the messages in flight may have together. */
const IN_FLIGHT = 64 << 20
const MOST = 2000
const MOST_SMALL = 5000
const SMALL = 4 << 10
/** The first look at how large messages are. */
const FIRST = 50
/** After a crash, while messages come that were delivered before. */
const CAUTIOUS = 100
/** A slow rate must not let messages wait in the process for longer. Batches of a rate are 400 ms; this many are a minute. */
const BATCHES_AHEAD = 150

/** Chooses how many messages may be unacked, and where a stage of consuming ends so that none is delivered beyond what is wanted. */
export class Stages {
  readonly #most: number
  #cautious: boolean
  /** Nothing is known of how large the messages are. */
  #blind = true
  #largest = 0
  #largestBefore = 0

  /** `most`: the plan's prefetch; `cautious`: begin with few, until a message comes that was not delivered before. */
  constructor(most: number, cautious: boolean) {
    this.#most = most
    this.#cautious = cautious
  }

  seen({ size, redelivered }: Delivery): void {
    this.#blind = false
    if (size > this.#largest) this.#largest = size
    if (!redelivered) this.#cautious = false
  }

  /** Forgets sizes that are long past; called once a batch. */
  turn(): void {
    this.#largestBefore = this.#largest
    this.#largest = 0
  }

  /** As the sizes of the last two batches ask for. */
  get prefetch(): number {
    if (this.#cautious) return Math.min(CAUTIOUS, this.#most)
    const largest = Math.max(this.#largest, this.#largestBefore)
    if (largest === 0) return this.#most
    const most = largest < SMALL ? MOST_SMALL : MOST
    return Math.max(1, Math.min(this.#most, most, Math.floor(IN_FLIGHT / largest)))
  }

  /** Whether a stage that runs with this prefetch should be begun anew with another. */
  outgrown({ prefetch }: Stage): boolean {
    const wanted = this.prefetch
    return wanted * 2 <= prefetch || wanted >= prefetch * 2
  }

  /**
   * The next stage when `wanted` messages are still to come. A long one ends early enough that none comes too many; a short one asks
   * for exactly what is left, and its messages are acked when all have come.
   */
  next(wanted: number, allowed: number): Stage {
    const prefetch = Math.max(
      1,
      Math.min(this.prefetch, wanted, allowed * BATCHES_AHEAD, this.#blind ? FIRST : MOST_SMALL),
    )
    // A quorum queue counts what is under way at a cancel as delivered once more; with a stage of exactly its prefetch nothing is.
    if (this.#blind || this.#cautious) return { prefetch, until: prefetch }
    return { prefetch, until: wanted > 2 * prefetch ? wanted - 2 * prefetch : prefetch }
  }
}
