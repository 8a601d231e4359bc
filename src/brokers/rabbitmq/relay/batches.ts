import type { Batch, Settled } from '../../../core/ports.js'
import { BrokerError } from '../../../errors.js'
import type { Allowed } from './request.js'

/** After this long without being asked for more, the consumer stands down. Milliseconds. */
const IDLE_MS = 60_000
/** Sooner where nothing is read any more for all that waits: the server gives up a connection that takes nothing for 30 s (send_timeout of ranch_tcp). */
const IDLE_FULL_MS = 10_000

/** What a strand does with its batches. */
export type BatchParts<Cargo> = {
  readonly allow: (soft: AbortSignal) => Promise<Allowed>
  readonly isFinished: () => boolean
  /** The first piece of the next batch; undefined where there is none. */
  readonly first: (allowed: Allowed, soft: AbortSignal) => Promise<Cargo | undefined>
  readonly cargo: (first: Cargo, allowed: Allowed, soft: AbortSignal) => AsyncIterable<Cargo>
  readonly settle: () => Promise<Settled>
  /** A fault after which nothing that is in hand goes on its way. */
  readonly isIll: () => boolean
  /** Gives everything back in order, and the consumer with it. Throws BrokerError, retriable, where the connection is gone. */
  readonly standDown: () => Promise<void>
  /** So much waits that nothing more is read. */
  readonly isFull: () => boolean
  readonly idleMs?: number | undefined
}

/** The batches of a queue: each begins with an allowance and ends settled or abandoned; in between, after a while, the consumer stands down. */
export class Batches<Cargo> {
  readonly #parts: BatchParts<Cargo>
  #idle: NodeJS.Timeout | undefined

  constructor(parts: BatchParts<Cargo>) {
    this.#parts = parts
  }

  /** Batches until the end, or until `soft` aborts. */
  async *all(soft: AbortSignal): AsyncGenerator<Batch<Cargo>> {
    while (!soft.aborted && !this.#parts.isFinished()) {
      const allowed = await this.#parts.allow(soft)
      if (allowed.records <= 0) break
      const first = await this.#first(allowed, soft)
      if (first === undefined) break
      yield this.#batch(first, allowed)
    }
  }

  async #first(allowed: Allowed, soft: AbortSignal): Promise<Cargo | undefined> {
    this.busy()
    let first: Cargo | undefined
    try {
      first = await this.#parts.first(allowed, soft)
      return first
    } finally {
      if (first === undefined) this.#giveUp(allowed)
    }
  }

  #batch(first: Cargo, allowed: Allowed): Batch<Cargo> {
    return {
      cargo: soft => this.#parts.cargo(first, allowed, soft),
      settle: () => this.#settle(allowed),
      abandon: () => this.#abandon(allowed),
    }
  }

  async #settle(allowed: Allowed): Promise<Settled> {
    const settled = await this.#parts.settle()
    allowed.settle({ records: Number(settled.counts.read), bytes: Number(settled.counts.bytes) })
    this.#rest()
    return settled
  }

  async #abandon(allowed: Allowed): Promise<void> {
    if (!this.#parts.isIll()) return this.#giveUp(allowed)
    allowed.settle({ records: 0, bytes: 0 })
    await this.standDown()
  }

  #giveUp(allowed: Allowed): void {
    allowed.settle({ records: 0, bytes: 0 })
    this.#rest()
  }

  /** Gives everything back in order; with a connection that is gone there is nothing to give, and the next opening does the rest. */
  async standDown(how: () => Promise<void> = this.#parts.standDown): Promise<void> {
    try {
      await how()
    } catch (error) {
      if (!(error instanceof BrokerError && error.retry)) throw error
    }
  }

  /** Somebody asks for more. */
  busy(): void {
    clearTimeout(this.#idle)
  }

  /** Nobody asks for more: after a while the consumer stands down, before the broker's consumer_timeout ends its channel. */
  #rest(): void {
    this.busy()
    const { idleMs = IDLE_MS, isFull } = this.#parts
    // What goes wrong here is met by the next call that needs the connection.
    const standDown = () => void this.standDown().catch(() => undefined)
    this.#idle = setTimeout(standDown, isFull() ? Math.min(idleMs, IDLE_FULL_MS) : idleMs)
    this.#idle.unref()
  }
}
