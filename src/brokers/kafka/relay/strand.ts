import type { Counts } from '../../../core/event.js'
import type { PlanLane } from '../../../core/plan.js'
import type { Batch, Opened, Settled, Sink, Source } from '../../../core/ports.js'
import { BrokerError, LostRange } from '../../../errors.js'
import { BufferPool } from '../records/buffer-pool.js'
import { addTotals, NO_TOTALS, type Totals } from './claim.js'
import { EndMark } from './end-mark.js'
import { Fetcher } from './fetcher.js'
import type { Frames } from './frames.js'
import type { Allowed, RelayContext } from './lane-context.js'
import { ProduceQueue } from './produce-queue.js'
import { Reader } from './reader.js'
import { Router } from './router.js'
import type { Settlement, Standing } from './settlement.js'

/** A transaction is committed after this long: longer costs more work after a kill, shorter more markers. */
const COMMIT_EVERY_MS = 500

/**
 * One source partition on its way into its lanes: source and sink of the pump at once, because both share the
 * transaction. `open` makes everything anew from the broker's word, so that any fault is answered by giving up and opening.
 */
export class Strand implements Source<Frames>, Sink<Frames> {
  readonly lane: string
  readonly #context: RelayContext
  readonly #partition: number
  readonly #settlement: Settlement
  readonly #pool: BufferPool
  readonly #end: EndMark
  #reader: Reader | undefined
  #queue: ProduceQueue | undefined
  #router: Router | undefined
  /** Running totals as journalled; the broker's, found at `open`, may be ahead of them after a kill. */
  #totals: Totals
  #position = 0

  /** `journalled`: totals of this lane by the events that were journalled so far. */
  constructor(context: RelayContext, lane: PlanLane, parts: { settlement: Settlement; journalled?: Totals }) {
    this.lane = lane.lane
    this.#context = context
    this.#partition = Number(lane.lane)
    this.#settlement = parts.settlement
    this.#totals = parts.journalled ?? NO_TOTALS
    this.#end = new EndMark(context, lane)
    const { memory, maxMessageBytes } = context
    const size = Math.max(1024, Math.min(memory.builder, maxMessageBytes - Math.ceil(maxMessageBytes / 50)))
    this.#pool = new BufferPool(size, Math.ceil((2 * memory.outstanding) / size))
  }

  get finished(): boolean {
    return this.#end.reached(this.#position)
  }

  async open(): Promise<Opened> {
    const { source, sourceLeaders, targetLeaders, memory } = this.#context
    await Promise.all([sourceLeaders.refresh(), targetLeaders.refresh()])
    const standing = await this.#settlement.open()
    this.#position = standing.offset
    const fetcher = new Fetcher({
      link: source,
      topic: sourceLeaders.topic,
      partition: this.#partition,
      leaders: sourceLeaders,
      bytes: memory.fetch,
    })
    this.#reader = new Reader({
      context: this.#context,
      partition: this.#partition,
      fetcher,
      position: standing.offset,
    })
    this.#begin(standing)
    const recovered = addTotals(standing.totals, this.#totals, -1n)
    this.#totals = standing.totals
    const opened = { from: String(standing.offset), to: String(this.#end.mark) }
    return isNothing(recovered) ? opened : { ...opened, recovered: { mark: opened.from, counts: recovered } }
  }

  async *batches(soft: AbortSignal): AsyncGenerator<Batch<Frames>> {
    const { reader } = this.#opened()
    while (!soft.aborted && !(await this.#end.arrived(this.#position, soft))) {
      const allowed = await this.#context.allow(soft)
      if (allowed.records <= 0) return
      yield this.#batch(allowed, await this.#first(reader, allowed))
    }
    if (this.finished) await this.#retire(reader)
  }

  /** The lanes that come after this one need its memory. */
  async #retire(reader: Reader): Promise<void> {
    this.#pool.clear()
    await reader.close()
  }

  async write(frames: Frames, hard: AbortSignal): Promise<void> {
    const { router } = this.#opened()
    await this.#explained(router.route(frames, hard))
  }

  async flush(hard: AbortSignal): Promise<void> {
    const { router, queue } = this.#opened()
    await this.#explained(router.finish().then(() => queue.flush(hard)))
  }

  /** A fence shows at whatever is sent next, not only at the commit. */
  async #explained(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      throw await this.#settlement.explain(error)
    }
  }

  #begin(standing: Standing): void {
    const { target, targetLeaders, memory } = this.#context
    this.#queue = new ProduceQueue(
      {
        link: target,
        leaders: targetLeaders,
        purpose: `produce-${this.#partition}`,
        budget: memory.outstanding,
        include: partitions => this.#settlement.include(partitions),
        acknowledged: (partition, base, records) => this.#settlement.acknowledged(partition, base, records),
      },
      this.#settlement.producer,
    )
    this.#router = new Router(this.#context, {
      partition: this.#partition,
      queue: this.#queue,
      pool: this.#pool,
      standing,
    })
  }

  /** `first` is read before the batch begins, so that none is empty and no transaction waits for data. */
  #batch(allowed: Allowed, first: Frames): Batch<Frames> {
    const { router, queue } = this.#opened()
    const before = {
      position: this.#position,
      read: router.read,
      written: queue.written,
      parked: router.parked,
      skipped: router.skipped,
    }
    const seen = { bytes: 0, markers: 0, aborted: 0, next: before.position }
    return {
      cargo: soft => this.#cargo({ first, allowed, seen }, soft),
      settle: () => this.#settle(this.#counts(before, seen), seen.next, allowed),
      abandon: async () => {
        allowed.settle({ records: 0, bytes: 0 })
        await this.#settlement.abandon()
      },
    }
  }

  async *#cargo(
    { first, allowed, seen }: { first: Frames; allowed: Allowed; seen: Seen },
    soft: AbortSignal,
  ): AsyncGenerator<Frames> {
    const { router, reader } = this.#opened()
    const until = Date.now() + COMMIT_EVERY_MS
    let { records, bytes } = allowed
    for (let piece: Frames | undefined = first; piece; piece = await this.#more(reader, { records, bytes })) {
      const before = router.read
      seen.next = piece.next
      seen.bytes += piece.bytes
      seen.markers += piece.markers
      seen.aborted += piece.aborted
      if (piece.starts.length > 0) yield piece
      records -= router.read - before
      bytes -= piece.bytes
      if (soft.aborted || records <= 0 || bytes <= 0 || Date.now() >= until || seen.next >= this.#end.mark) return
    }
  }

  async #first(reader: Reader, allowed: Allowed): Promise<Frames> {
    try {
      return await reader.next(allowed, this.#end.mark)
    } catch (error) {
      allowed.settle({ records: 0, bytes: 0 })
      throw error
    }
  }

  /** Nothing at a gap: what was read before it is settled, and the next batch meets it again. */
  async #more(reader: Reader, left: { records: number; bytes: number }): Promise<Frames | undefined> {
    try {
      return await reader.next(left, this.#end.mark)
    } catch (error) {
      if (error instanceof LostRange) return undefined
      throw error
    }
  }

  async #settle(counts: Counts, next: number, allowed: Allowed): Promise<Settled> {
    const totals = addTotals(this.#totals, counts)
    await this.#settlement.commit(next, totals, this.#opened().router.counts)
    this.#totals = totals
    this.#position = next
    allowed.settle({ records: Number(counts.read), bytes: Number(counts.bytes) })
    return { mark: String(next), counts }
  }

  #counts(
    before: { position: number; read: number; written: number; parked: number; skipped: number },
    seen: Seen,
  ): Counts {
    const { router, queue } = this.#opened()
    const read = router.read - before.read
    const holes = seen.next - before.position - read - seen.markers - seen.aborted
    return {
      read: BigInt(read),
      written: BigInt(queue.written - before.written + router.skipped - before.skipped),
      parked: BigInt(router.parked - before.parked),
      dropped: 0n,
      holes: BigInt(holes),
      markers: BigInt(seen.markers),
      aborted: BigInt(seen.aborted),
      bytes: BigInt(seen.bytes),
    }
  }

  #opened(): { reader: Reader; router: Router; queue: ProduceQueue } {
    if (!this.#reader || !this.#router || !this.#queue)
      throw new BrokerError(`Partition ${this.lane} is not open`, { retry: true })
    return { reader: this.#reader, router: this.#router, queue: this.#queue }
  }
}

type Seen = { bytes: number; markers: number; aborted: number; next: number }

const isNothing = (counts: Totals): boolean => Object.values(counts).every(count => count === 0n)
