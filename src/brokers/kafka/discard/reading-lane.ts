import { addCounts, NO_COUNTS } from '../../../core/counts.js'
import type { Counts } from '../../../core/event.js'
import type { Batch, Opened, Settled, Sink, Source } from '../../../core/ports.js'
import type { Amount, Grant } from '../../../core/rate.js'
import { LostRange, type Refusal } from '../../../errors.js'
import type { Cargo } from './cargo.js'
import { LaneArchive } from './lane-archive.js'
import type { DiscardContext } from './lane-context.js'
import type { LanePosition } from './lane-position.js'
import { LaneReader } from './lane-reader.js'

/** Synced and settled after this long: a sync costs the same for more, and what is not settled is read again after a kill. Milliseconds. */
const SETTLE_EVERY_MS = 700

/**
 * One partition on its way out: read, kept, synced, and only then passed by the group. Source and sink of the pump at once. `open` makes everything anew
 * from the broker's word; what the archive holds behind the position is cut off before more is added.
 */
export class ReadingLane implements Source<Cargo>, Sink<Cargo> {
  readonly lane: string
  readonly #context: DiscardContext
  readonly #position: LanePosition
  readonly #archive: LaneArchive
  readonly #from: number
  #end: number
  #at = 0
  #reader: LaneReader | undefined
  #refusal: Refusal | undefined
  /** Of the next batch, in ms. */
  #patience: number

  /** `share` of the usual time after which the first batch is settled, so that lanes do not all wait for the same sync. */
  constructor(context: DiscardContext, position: LanePosition, share: number) {
    this.#patience = SETTLE_EVERY_MS * share
    this.lane = position.lane.lane
    this.#context = context
    this.#archive = new LaneArchive(position.lane.lane, context.archive)
    this.#position = position
    this.#from = Number(position.lane.from)
    this.#end = Number(position.lane.to)
  }

  get finished(): boolean {
    return this.#at >= this.#end && this.#refusal === undefined
  }

  get settledAt(): number {
    return this.#at
  }

  get hasMoved(): boolean {
    return this.#at > this.#from
  }

  async open(): Promise<Opened> {
    await this.#close()
    const { offset, recovered } = await this.#position.open()
    this.#at = offset
    this.#refusal = undefined
    this.#end = Math.max(offset, Number(this.#position.lane.to))
    const opened = { from: String(offset), to: String(this.#end) }
    return recovered === undefined ? opened : { ...opened, recovered }
  }

  /** Throws Refusal `no-timestamp` once all before a record without a time was let go. */
  async *batches(soft: AbortSignal): AsyncGenerator<Batch<Cargo>> {
    try {
      while (!soft.aborted && this.#at < this.#end) {
        const granted = await this.#context.grant(soft)
        const first = await this.#first(granted)
        if (first !== undefined) yield this.#batch(granted, first)
      }
      if (this.#at >= this.#end && this.#refusal !== undefined) throw this.#refusal
    } finally {
      await this.#close()
    }
  }

  async write({ piece }: Cargo): Promise<void> {
    if (piece === undefined) return
    await this.#archive.append(piece, this.hasMoved ? String(this.#at) : undefined)
  }

  flush(): Promise<void> {
    return this.#archive.sync()
  }

  /** Nothing where the scope ends at the position. */
  async #first(granted: Grant): Promise<Cargo | undefined> {
    try {
      const cargo = await this.#more(granted)
      if (cargo === undefined) granted.settle({ records: 0, bytes: 0 })
      return cargo
    } catch (error) {
      granted.settle({ records: 0, bytes: 0 })
      throw error
    }
  }

  async #more(allow: Amount): Promise<Cargo | undefined> {
    this.#reader ??= new LaneReader(this.#context, { partition: Number(this.lane), from: this.#at, to: this.#end })
    const cargo = await this.#reader.next(allow)
    this.#end = this.#reader.end
    this.#refusal = this.#reader.refusal
    return cargo
  }

  #batch(granted: Grant, first: Cargo): Batch<Cargo> {
    const sum = { counts: NO_COUNTS, next: this.#at }
    const settleGrant = () => granted.settle({ records: Number(sum.counts.read), bytes: Number(sum.counts.bytes) })
    return {
      cargo: soft => this.#cargo({ granted, first, sum }, soft),
      settle: async () => {
        const settled = await this.#settle(sum.next, sum.counts)
        settleGrant()
        return settled
      },
      abandon: async () => granted.settle({ records: 0, bytes: 0 }),
    }
  }

  async *#cargo({ granted, first, sum }: Carrying, soft: AbortSignal): AsyncGenerator<Cargo> {
    const until = Date.now() + this.#patience
    this.#patience = SETTLE_EVERY_MS
    for (let cargo: Cargo | undefined = first; cargo !== undefined; cargo = await this.#untilGap(granted)) {
      sum.counts = addCounts(sum.counts, cargo.counts)
      sum.next = cargo.next
      yield cargo
      const isEnough = sum.counts.read >= granted.records || sum.counts.bytes >= granted.bytes
      if (soft.aborted || isEnough || Date.now() >= until || cargo.next >= this.#end) return
    }
  }

  /** Nothing at a gap: what was read before it is settled, and the next batch meets it again. */
  async #untilGap(allow: Amount): Promise<Cargo | undefined> {
    try {
      return await this.#more(allow)
    } catch (error) {
      if (error instanceof LostRange) return undefined
      throw error
    }
  }

  async #settle(next: number, counts: Counts): Promise<Settled> {
    await this.#position.commit(next, counts)
    this.#at = next
    return { mark: String(next), counts }
  }

  async #close(): Promise<void> {
    await this.#reader?.close()
    this.#reader = undefined
    this.#archive.forget()
  }
}

type Carrying = {
  readonly granted: Grant
  readonly first: Cargo
  readonly sum: { counts: Counts; next: number }
}
