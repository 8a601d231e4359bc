import { murmur2 } from '../../../core/murmur2.js'
import {
  baseOffset,
  batchBytes,
  codecOf,
  isLogAppendTime,
  lastOffsetDelta,
  recordCount,
} from '../records/batch-header.js'
import type { BufferPool } from '../records/buffer-pool.js'
import { BatchBuilder } from '../records/builder.js'
import { CODEC_NAMES } from '../records/codec/codec.js'
import { checkCrcs } from '../records/crc.js'
import { type RecordPlace, type RecordTaker, type Span, scatter } from '../records/scatter.js'
import type { Frames } from './frames.js'
import type { RelayContext } from './lane-context.js'
import { readRecord } from './parked-record.js'
import type { ProduceQueue } from './produce-queue.js'
import type { Standing } from './settlement.js'

/** A compressed batch of this many bytes is worth passing on as it came. */
const UNTOUCHED_FROM = 4096
/** `--order none` by counting: records that go to one lane before the next has its turn, by source offset. */
const STRIDE = 128

/** Records that are packed into one compressed batch, in bytes: a codec needs as much again while it works. */
const COMPRESSED_BYTES = 128 << 10

/** A record is larger than its batch by no more than this when it travels alone. */
const ALONE_OVERHEAD = 96

/**
 * Chooses the lane of every record and packs it there. A key keeps its lane: `p + P·(floor(h / P) mod k)`; null keys go
 * round the block by source offset. By key, or by counting, routing depends on nothing but
 * the record, so that a resumed run repeats it exactly.
 */
export class Router implements RecordTaker {
  read = 0
  readonly #context: RelayContext
  readonly #partition: number
  readonly #sources: number
  readonly #factor: number
  readonly #byKey: boolean
  readonly #counted: boolean
  readonly #forced: number | undefined
  readonly #builders: BatchBuilder[]
  readonly #queue: ProduceQueue
  /** Records routed to each of the lane's targets since the run began. */
  readonly counts: number[]
  readonly #ahead: number[]
  #codec = 0
  #turn = 0
  readonly #parking: Promise<void>[] = []
  readonly #pool: BufferPool
  parked = 0
  skipped = 0

  constructor(
    context: RelayContext,
    parts: { partition: number; queue: ProduceQueue; pool: BufferPool; standing: Standing },
  ) {
    const { plan } = context
    this.#context = context
    this.#partition = parts.partition
    this.#sources = plan.targetLanes / plan.factor
    this.#factor = plan.factor
    this.#byKey = plan.order === 'key'
    this.#counted = plan.guarantee === 'counting'
    this.#forced = plan.compress === undefined ? undefined : CODEC_NAMES.indexOf(plan.compress)
    this.#queue = parts.queue
    this.#pool = parts.pool
    this.#builders = Array.from(
      { length: plan.factor },
      (_, block) => new BatchBuilder(this.#target(block), parts.pool),
    )
    this.counts = [...(parts.standing.counts ?? new Array(plan.factor).fill(0))]
    this.#ahead = [...(parts.standing.ahead ?? new Array(plan.factor).fill(0))]
  }

  /** Routes one piece; waits between batches while too much is outstanding. */
  async route(frames: Frames, hard: AbortSignal): Promise<void> {
    let checked = 0
    for (const [index, at] of frames.starts.entries()) {
      if (index === checked)
        checked = checkCrcs(frames.set, { starts: frames.starts, index, partition: this.#partition })
      if (this.#mayPassUntouched(frames, at)) this.#pass(frames, at)
      else this.#walk(frames.set, at, frames.span)
      if (this.#queue.crowded) await this.#queue.room(hard)
      if (this.#parking.length > 0) await Promise.all(this.#parking.splice(0))
    }
  }

  /** Sends every builder's rest on its way. */
  async finish(): Promise<void> {
    for (const builder of this.#builders) if (builder.records > 0) this.#emit(builder)
    await Promise.all(this.#parking.splice(0))
  }

  take(data: Buffer, record: RecordPlace): void {
    const block = this.#block(data, record)
    const builder = this.#builders[block] as BatchBuilder
    const length = record.end - record.start
    const other = builder.codec !== this.#codec || builder.origin !== record.origin
    if (builder.records > 0 && (other || !builder.fits(length))) this.#emit(builder)
    builder.codec = this.#codec
    builder.origin = record.origin
    if (length + ALONE_OVERHEAD > this.#pool.size) this.#takeAlone(builder, data, record)
    else if (this.#count(block)) builder.append(data, record.start, record.end, record.attributes, record.timestamp)
  }

  /** A large record travels alone: whether the target takes it shows only once it is packed. */
  #takeAlone(builder: BatchBuilder, data: Buffer, record: RecordPlace): void {
    if (builder.records > 0) this.#emit(builder)
    builder.append(data, record.start, record.end, record.attributes, record.timestamp)
    const built = builder.take()
    if (built.batch.length > this.#context.maxMessageBytes) this.#park(data, record)
    else if (this.#count(Math.floor(builder.partition / this.#sources))) this.#queue.put(builder.partition, built)
  }

  /** Counts a record for its target; false where the target holds it already (counting, after a kill). */
  #count(block: number): boolean {
    this.counts[block] = (this.counts[block] as number) + 1
    const ahead = this.#ahead[block] as number
    if (ahead === 0) return true
    this.#ahead[block] = ahead - 1
    this.skipped++
    return false
  }

  #block(data: Buffer, record: RecordPlace): number {
    if (!this.#byKey) return this.#counted ? Math.floor(record.offset / STRIDE) % this.#factor : this.#turn
    if (record.keyLength < 0) return record.offset % this.#factor
    return Math.floor(murmur2(data, record.keyStart, record.keyLength) / this.#sources) % this.#factor
  }

  #walk(set: Buffer, at: number, span: Span): void {
    this.#codec = this.#forced ?? codecOf(set, at)
    if (this.#codec !== 0) this.#leaveRoomToCompress()
    this.read += scatter(set, at, span, this)
  }

  /** A codec holds as much again as it is given, and its own results, until they are collected. */
  #leaveRoomToCompress(): void {
    this.#pool.shrinkTo(COMPRESSED_BYTES)
    this.#queue.narrow(this.#context.memory.outstanding / 2)
  }

  #mayPassUntouched({ set, span }: Frames, at: number): boolean {
    if (this.#byKey || this.#forced !== undefined || this.#counted) return false
    const records = recordCount(set, at)
    const base = baseOffset(set, at)
    const whole = records === lastOffsetDelta(set, at) + 1 && base >= span.from && base + records <= span.to
    const codec = codecOf(set, at)
    // An unknown codec is walked, which refuses it; so is a batch from before the topic's limit was lowered.
    if (!whole || codec === 0 || codec >= CODEC_NAMES.length || isLogAppendTime(set, at)) return false
    const bytes = batchBytes(set, at)
    return bytes >= UNTOUCHED_FROM && bytes <= this.#context.maxMessageBytes
  }

  #pass({ set, response }: Frames, at: number): void {
    const bytes = batchBytes(set, at)
    const records = recordCount(set, at)
    const block = this.#turn
    this.read += records
    this.counts[block] = (this.counts[block] as number) + records
    response?.hold()
    const release = () => response?.release()
    this.#queue.put(this.#target(block), { batch: set.subarray(at, at + bytes), records, release })
    this.#nextTurn()
  }

  #emit(builder: BatchBuilder): void {
    this.#queue.put(builder.partition, builder.pack())
    this.#nextTurn()
  }

  /** Round robin, a full batch a turn: a request takes only one batch of each partition. */
  #nextTurn(): void {
    this.#turn = (this.#turn + 1) % this.#factor
  }

  #park(data: Buffer, record: RecordPlace): void {
    const { maxMessageBytes, plan, park } = this.#context
    this.parked++
    const reason = `larger than ${maxMessageBytes} bytes, the max.message.bytes of ${plan.targetTopic}`
    this.#parking.push(park({ partition: this.#partition, offset: record.offset, ...readRecord(data, record), reason }))
  }

  #target(block: number): number {
    return this.#partition + this.#sources * block
  }
}
