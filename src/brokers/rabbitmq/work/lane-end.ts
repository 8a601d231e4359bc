import type { QueueCounts } from '../admin/passive-declare.js'
import type { LaneChannel } from './lane-channel.js'
import type { LaneParts } from './lane-parts.js'

/** Two looks at an empty queue this far apart say that it is empty. Milliseconds. */
const APART_MS = 250
/** The management API tells of unacked messages so late. Milliseconds. */
const API_LATE_MS = 11_000
const ASIDE_MS = 200

/**
 * Says when a lane is at its end: nothing is added any more, the queue is empty in two looks, nothing of ours is unacked, and nobody else has
 * anything that may come back. A look counts only while our own consumer is among the counted: a quorum queue that is slow to answer is told as
 * one of no messages and no consumers.
 */
export class LaneEnd {
  readonly #parts: LaneParts
  readonly #channel: LaneChannel
  #emptySince: number | undefined
  #noneUnackedSince: number | undefined

  constructor(parts: LaneParts, channel: LaneChannel) {
    this.#parts = parts
    this.#channel = channel
  }

  /** Whether the end is there, by one more look. Asked while nothing waits to be handed over. */
  async isReached(soft: AbortSignal): Promise<boolean> {
    const isWhole = await this.#parts.isWhole()
    const seen = await this.#channel.sync()
    if (!(await this.#isEmpty(seen)) || !isWhole) {
      this.#emptySince = undefined
      return false
    }
    if (seen.consumers > 1 && !(await this.#areOthersDone(soft))) return false
    this.#emptySince ??= Date.now()
    return Date.now() - this.#emptySince >= APART_MS
  }

  /** Nothing ready, nothing of ours on its way or unacked. */
  async #isEmpty({ messages, consumers }: QueueCounts): Promise<boolean> {
    const channel = this.#channel
    if (messages > 0 || consumers === 0 || channel.waiting > 0) return false
    // Nothing is under way, so the acks of a consumer that is to end need not wait for it.
    if (channel.held > 0) await channel.cancel()
    return channel.open === 0
  }

  /**
   * Others consume as well. Ours goes, so that two that both have nothing to do do not wait for each other, and is there again at the next look;
   * what others hold unacked only the management API tells.
   */
  async #areOthersDone(soft: AbortSignal): Promise<boolean> {
    if (await this.#isNothingUnacked()) return true
    await this.#channel.cancel()
    await this.#channel.changed.wait(ASIDE_MS * (1 + 2 * Math.random()), soft)
    return false
  }

  async #isNothingUnacked(): Promise<boolean> {
    const unacked = await this.#parts.unacked?.()
    this.#noneUnackedSince = unacked === 0 ? (this.#noneUnackedSince ?? Date.now()) : undefined
    return this.#noneUnackedSince !== undefined && Date.now() - this.#noneUnackedSince >= API_LATE_MS
  }
}
