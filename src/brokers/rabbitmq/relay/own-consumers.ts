import { type Clock, systemClock } from '../../../core/clock.js'

/** The broker may count a consumer for so long after its last message was acked, or its connection was lost. Milliseconds. */
const AFTER_ACK_MS = 1500
const AFTER_LOSS_MS = 4000

type Consumer = { readonly tag: string; state: 'live' | 'ended' | 'lost'; last: number; since: number }

/**
 * The consumers of one run as the broker may count them. A quorum queue counts one that was cancelled until the last of its messages is
 * acked (rabbit_fifo.erl: it stays as `cancelled`), and one of a connection that died until it has noticed.
 */
export class OwnConsumers {
  readonly #clock: Clock
  readonly #lingers: boolean
  #consumers: Consumer[] = []
  /** The most that there were at once since `most` was asked. */
  #peak = 0

  /** `lingers`: the source counts cancelled ones on, as quorum queues do. */
  constructor(lingers: boolean, clock: Clock = systemClock) {
    this.#lingers = lingers
    this.#clock = clock
  }

  /** One is being made. */
  began(tag: string): void {
    this.#consumers.push({ tag, state: 'live', last: 0, since: this.#clock.now() })
    this.#peak = Math.max(this.#peak, this.#consumers.length)
  }

  /** One was cancelled; `last` is the delivery tag of the last message that it got. */
  ended(tag: string, last: number): void {
    for (const consumer of this.#consumers) if (consumer.tag === tag) this.#end(consumer, 'ended', last)
    if (!this.#lingers) this.#consumers = this.#consumers.filter(consumer => consumer.tag !== tag)
  }

  /** Their channel is gone, or there is a new one in its place: the broker may still have to notice. */
  lost(): void {
    for (const consumer of this.#consumers) this.#end(consumer, 'lost', 0)
  }

  #end(consumer: Consumer, state: 'ended' | 'lost', last: number): void {
    Object.assign(consumer, { state, last, since: this.#clock.now() })
  }

  /** How many the broker may count now, at most. `open`: the first delivery tag that is not acked, Infinity where there is none. */
  count(open: number): number {
    const now = this.#clock.now()
    for (const consumer of this.#consumers) if (consumer.last >= open) consumer.since = now
    this.#consumers = this.#consumers.filter(({ state, since }) => now - since < countedFor(state))
    return this.#consumers.length
  }

  /** How many the broker may have counted at any moment since this was asked before: one that came and went meanwhile is among them. */
  most(open: number): number {
    const now = this.count(open)
    const most = Math.max(this.#peak, now)
    this.#peak = now
    return most
  }
}

const countedFor = (state: Consumer['state']): number =>
  ({ live: Number.POSITIVE_INFINITY, ended: AFTER_ACK_MS, lost: AFTER_LOSS_MS })[state]
