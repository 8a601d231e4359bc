import type { Delivery } from '../wire/delivery.js'
import type { Stage } from './running-stage.js'

/** Bytes that the messages in flight may have together. */
const IN_FLIGHT = 64 << 20
const MOST = 2000
const SMALL = 4 << 10
/** The first look at how large messages are. */
const FIRST = 50
/** After a crash, while messages come that were delivered before. */
const CAUTIOUS = 100
/** A batch of a run with a rate takes so long. Milliseconds. */
const BATCH_MS = 400
/** A slow rate must not let messages wait in the process for longer. Milliseconds. */
const WAIT_MS = 60_000

/** What a batch may take. */
type Share = { readonly records: number; readonly bytes: number }
const UNLIMITED: Share = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }

/**
 * How consuming begins. `blind`: with few, until one has shown how large messages are. `cautious`: after a crash, with few until one comes that was not delivered
 * before. `whole`: after a crash, with as many as may have come back.
 */
export type Beginning = 'blind' | 'cautious' | 'whole'

/**
 * How an execution begins. A quorum queue gives back what a dead consumer held before all else, but behind what it had given back before (rabbit_fifo, `returns`):
 * who takes a part of that and dies too has turned its order round, so where order counts all of it is taken at once.
 */
export const beginningOf = (resumed: boolean, isOrderedQuorum: boolean): Beginning => {
  if (!resumed) return 'blind'
  return isOrderedQuorum ? 'whole' : 'cautious'
}

/** Chooses how many messages may be unacked, and where a stage of consuming ends so that none is delivered beyond what is wanted. */
export class Stages {
  readonly #most: number
  #cautious: boolean
  /** Nothing is known of how large the messages are. */
  #blind: boolean
  #largest = 0
  #largestBefore = 0
  #waitMs = WAIT_MS

  /** `most`: the plan's prefetch, for messages under 4 KiB. */
  constructor(most: number, beginning: Beginning) {
    this.#most = most
    this.#cautious = beginning === 'cautious'
    this.#blind = beginning !== 'whole'
  }

  seen({ size, redelivered }: Delivery): void {
    this.#blind = false
    if (size > this.#largest) this.#largest = size
    if (!redelivered) this.#cautious = false
  }

  /** Messages may wait for their ack no longer than this: half of it is for the process. Milliseconds. */
  hurry(timeoutMs: number): void {
    this.#waitMs = Math.min(this.#waitMs, timeoutMs / 2)
  }

  /** Forgets sizes that are long past; called once a batch. A batch of what had come before tells nothing new. */
  turn(): void {
    if (this.#largest === 0) return
    this.#largestBefore = this.#largest
    this.#largest = 0
  }

  /** As the sizes of the last two batches ask for. */
  get prefetch(): number {
    if (this.#cautious) return Math.min(CAUTIOUS, this.#most)
    const largest = this.#recent
    if (largest === 0) return this.#most
    const most = largest < SMALL ? this.#most : MOST
    return Math.max(1, Math.min(this.#most, most, Math.floor(IN_FLIGHT / largest)))
  }

  /** The largest body of the last two batches. */
  get #recent(): number {
    return Math.max(this.#largest, this.#largestBefore)
  }

  /** Whether a stage that runs with this prefetch should be begun anew with another, where a batch may take so many messages and bytes. */
  outgrown({ prefetch }: Stage, allowed: Share = UNLIMITED): boolean {
    const wanted = Math.max(1, Math.min(this.prefetch, this.#ahead(allowed)))
    return wanted * 2 <= prefetch || wanted >= prefetch * 2
  }

  /** So many messages are worked off before they have waited too long. */
  #ahead({ records, bytes }: Share): number {
    return Math.floor((this.#waitMs / BATCH_MS) * Math.min(records, bytes / Math.max(1, this.#recent)))
  }

  /**
   * The next stage when `wanted` messages are still to come, and a batch may take so many messages and bytes. A long one ends early enough that none comes too many; a short one asks
   * for exactly what is left, and its messages are acked when all have come.
   */
  next(wanted: number, allowed: Share): Stage {
    const ahead = this.#ahead(allowed)
    const prefetch = Math.max(1, Math.min(this.prefetch, wanted, ahead, this.#blind ? FIRST : this.#most))
    // A quorum queue counts what is under way at a cancel as delivered once more; with a stage of exactly its prefetch nothing is.
    if (this.#blind || this.#cautious) return { prefetch, until: prefetch }
    return { prefetch, until: wanted > 2 * prefetch ? wanted - 2 * prefetch : prefetch }
  }
}
