import { HEADER_BYTES } from './batch-header.js'
import type { BufferPool } from './buffer-pool.js'
import { compress, compressLater } from './codec/codec.js'
import { putVarint, varintBytes, zigzag } from './varint.js'

/** Below this many bytes a loop beats a native copy, whose call costs about as much as 100 bytes. */
const LOOP_BELOW = 96
/** Length, attributes, two deltas at their longest. */
const RECORD_OVERHEAD = 5 + 1 + 10 + 5

/** A finished batch, not yet stamped. `release` says that it is acknowledged: its memory may be used again. */
export type Built = {
  readonly batch: Buffer
  readonly records: number
  readonly release: () => void
  /** Bytes of memory that it keeps until then, where that is more than the batch itself. */
  readonly held?: number
}

/** A batch that is still being compressed. */
export type Packing = { readonly records: number; readonly held: number; readonly done: Promise<Built> }

type Collected = {
  readonly buffer: Buffer
  readonly end: number
  readonly records: number
  readonly codec: number
  readonly baseTimestamp: bigint
  readonly maxTimestamp: bigint
}

/** Collects the records of one target partition into a record batch, as bytes. */
export class BatchBuilder {
  readonly partition: number
  records = 0
  codec = 0
  /** Added to every record's timestamp; 0 but for times far away. */
  origin = 0n
  #pool: BufferPool
  #buffer: Buffer | undefined
  #end = HEADER_BYTES
  #baseTimestamp = 0
  #maxTimestamp = 0

  constructor(partition: number, pool: BufferPool) {
    this.partition = partition
    this.#pool = pool
  }

  /** Bytes collected so far, header included. */
  get bytes(): number {
    return this.#end
  }

  /** Whether a record whose key, value and headers take `bytes` still fits. An empty builder takes any record. */
  fits(bytes: number): boolean {
    return this.records === 0 || this.#end + bytes + RECORD_OVERHEAD <= (this.#buffer as Buffer).length
  }

  /**
   * Appends a record: `source[start, end)` is its key length to its last header byte, copied as it is.
   * `timestamp` in ms; `attributes` is the record's own attribute byte.
   */
  append(source: Buffer, start: number, end: number, attributes: number, timestamp: number): void {
    const length = end - start
    if (this.records === 0) this.#begin(length, timestamp)
    else if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp
    const target = this.#buffer as Buffer
    const zTime = zigzag(timestamp - this.#baseTimestamp)
    const zOffset = this.records * 2
    let o = putVarint(target, this.#end, (1 + varintBytes(zTime) + varintBytes(zOffset) + length) * 2)
    target[o++] = attributes
    o = putVarint(target, o, zTime)
    o = putVarint(target, o, zOffset)
    if (length < LOOP_BELOW) for (let i = start; i < end; i++) target[o++] = source[i] as number
    else o += source.copy(target, o, start, end)
    this.#end = o
    this.records++
  }

  /** Ends the batch and hands it out; the builder is empty again. */
  take(): Built {
    const collected = this.#collected()
    const { codec, buffer, end } = collected
    if (codec === 0) return this.#built(collected, buffer.subarray(0, end))
    return this.#packed(collected, [compress(codec, buffer.subarray(HEADER_BYTES, end))])
  }

  /** As `take`, but compresses off this thread. */
  pack(): Built | Packing {
    if (this.codec === 0) return this.take()
    const collected = this.#collected()
    const { codec, buffer, end, records } = collected
    const packing = compressLater(codec, buffer.subarray(HEADER_BYTES, end))
    return { records, held: buffer.length, done: packing.then(pieces => this.#packed(collected, pieces)) }
  }

  /** Drops what was collected: its transaction was given up. */
  clear(): void {
    if (this.#buffer) this.#pool.give(this.#buffer)
    this.#buffer = undefined
    this.#end = HEADER_BYTES
    this.records = 0
  }

  #begin(length: number, timestamp: number): void {
    this.#buffer = this.#pool.take(HEADER_BYTES + RECORD_OVERHEAD + length)
    this.#baseTimestamp = timestamp
    this.#maxTimestamp = timestamp
  }

  #collected(): Collected {
    const collected = {
      buffer: this.#buffer as Buffer,
      end: this.#end,
      records: this.records,
      codec: this.codec,
      baseTimestamp: this.origin + BigInt(this.#baseTimestamp),
      maxTimestamp: this.origin + BigInt(this.#maxTimestamp),
    }
    this.#buffer = undefined
    this.#end = HEADER_BYTES
    this.records = 0
    return collected
  }

  /** Into the buffer that the records were collected in, last piece first: a piece may be these records themselves. */
  #packed(collected: Collected, pieces: readonly Buffer[]): Built {
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, HEADER_BYTES)
    const grown = bytes > collected.buffer.length
    const buffer = grown ? Buffer.allocUnsafeSlow(bytes) : collected.buffer
    let at = bytes
    for (let i = pieces.length - 1; i >= 0; i--) {
      const piece = pieces[i] as Buffer
      at -= piece.length
      piece.copy(buffer, at)
    }
    if (grown) this.#pool.give(collected.buffer)
    return this.#built({ ...collected, buffer }, buffer.subarray(0, bytes))
  }

  #built({ buffer, records, codec, baseTimestamp, maxTimestamp }: Collected, batch: Buffer): Built {
    batch.writeInt32BE(batch.length - 12, 8)
    batch[16] = 2
    batch[21] = 0
    batch[22] = codec
    batch.writeInt32BE(records - 1, 23)
    batch.writeBigInt64BE(baseTimestamp, 27)
    batch.writeBigInt64BE(maxTimestamp, 35)
    batch.writeInt32BE(records, 57)
    return { batch, records, held: buffer.length, release: () => this.#pool.give(buffer) }
  }
}
