import { NO_COUNTS } from '../../../core/counts.js'
import type { Mark } from '../../../core/event.js'
import type { Message } from '../../../core/message.js'
import { BrokerError } from '../../../errors.js'
import { type Chunk, LaneGone, type WorkLane } from '../../../fanout/ports.js'
import { within } from './within.js'

/** What comes next of a lane: messages, nothing for now, its end, or the wish to be given back. */
export type Step = { readonly kind: 'messages'; readonly messages: readonly Message[] } | { readonly kind: Still }
type Still = 'nothing' | 'end' | 'leave'

/**
 * One life of the queue: from its consumer to the end of its channel. It keeps what was handed out and is not settled, in order: whoever reads again after
 * a fault elsewhere gets that first.
 */
export class Life {
  /** Handed out, not settled. */
  readonly open: Message[] = []
  readonly lane: WorkLane
  /** Messages of the run that were settled before this life. */
  readonly base: bigint
  /** Lives of this queue before it, in this process. */
  readonly number: number
  #settled = 0
  #dead = false
  #chunks: AsyncIterator<Chunk> | undefined
  #coming: Promise<IteratorResult<Chunk>> | undefined

  constructor(lane: WorkLane, { base, number }: { readonly base: bigint; readonly number: number }) {
    this.lane = lane
    this.base = base
    this.number = number
  }

  /** Its channel ended: nothing can be settled any more. */
  get dead(): boolean {
    return this.#dead
  }

  /**
   * Position behind the first `count` of the open messages. The same number of messages settled is another mark in another life: the queue may hand
   * out others there, as some may have expired.
   */
  mark(count: number): Mark {
    const settled = this.base + BigInt(this.#settled + count)
    return this.number === 0 ? String(settled) : `${settled}~${this.number}`
  }

  /** Begins to consume. Throws BrokerError where the channel is gone at once, Refusal, UserError. */
  async begin(): Promise<void> {
    await this.lane.open().catch((error: unknown) => this.#gone(error))
  }

  /** Waits for what comes next, for a while. Throws BrokerError where the channel is gone, Refusal, UserError. */
  async next(soft: AbortSignal, forMs: number): Promise<Step> {
    this.#chunks ??= this.lane.chunks(soft)[Symbol.asyncIterator]()
    this.#coming ??= this.#asked(this.#chunks)
    const came = await within(this.#coming, forMs).catch((error: unknown) => this.#gone(error))
    if (came === undefined) return { kind: 'nothing' }
    this.#coming = undefined
    if (came.done === true) {
      this.#chunks = undefined
      return { kind: this.lane.finished || soft.aborted ? 'end' : 'leave' }
    }
    this.open.push(...came.value.messages)
    return { kind: 'messages', messages: came.value.messages }
  }

  /** Lets go of the messages before a position. Throws BrokerError where the channel is gone. */
  async settle(upTo: Mark): Promise<void> {
    const count = Number(settledAt(upTo) - this.base) - this.#settled
    const messages = this.open.slice(0, count)
    const last = messages.at(-1)
    if (last === undefined) return
    try {
      await this.lane.settle({ upTo: last.mark, messages, counts: NO_COUNTS })
    } catch (error) {
      this.#gone(error)
    }
    this.open.splice(0, count)
    this.#settled += count
  }

  #asked(chunks: AsyncIterator<Chunk>): Promise<IteratorResult<Chunk>> {
    const asked = chunks.next()
    // Its failure shows when it is waited for, or as that of the channel.
    asked.catch(() => undefined)
    return asked
  }

  #gone(error: unknown): never {
    this.#dead = true
    if (!(error instanceof LaneGone)) throw error
    throw new BrokerError(error.message, { retry: true, code: 'connection', cause: error })
  }
}

/** How many messages were settled before a position. */
export const settledAt = (mark: Mark): bigint => BigInt(mark.split('~')[0] ?? '0')
