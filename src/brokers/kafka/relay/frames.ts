import { RunError } from '../../../errors.js'
import {
  baseOffset,
  batchBytes,
  HEADER_BYTES,
  holdsWholeBatch,
  isControl,
  isTransactional,
  lastOffsetDelta,
  magic,
  producerId,
  recordCount,
} from '../records/batch-header.js'
import type { Span } from '../records/scatter.js'
import type { FetchedPartition } from '../wire/fetch.js'

/** A piece of one source partition as the broker's own bytes: whole record batches, and the offsets wanted of them. */
export type Frames = {
  readonly set: Buffer
  /** Where the data batches start in `set`; control batches and aborted records are left out. */
  readonly starts: readonly number[]
  readonly span: Span
  /** Position after this piece. */
  readonly next: number
  readonly bytes: number
  readonly markers: number
  readonly aborted: number
}

/** How much one piece may hold; at least one record, at least one batch where only bytes bound it. */
export type Allowance = { readonly records: number; readonly bytes: number }

/**
 * Cuts one fetch response into pieces and leaves out what a read_committed reader does not see, as the Java client's
 * fetcher does with the response's list of aborted transactions (KIP-98).
 */
export class Sieve {
  position: number
  readonly #end: number
  readonly #set: Buffer
  readonly #pendingAborts: { producerId: bigint; firstOffset: number }[]
  readonly #aborting = new Set<bigint>()
  #at = 0

  /** `position`: first offset wanted; `end`: first one not wanted. */
  constructor(fetched: FetchedPartition, position: number, end: number) {
    this.position = position
    this.#end = end
    this.#set = fetched.records
    this.#pendingAborts = [...fetched.aborted].sort((a, b) => a.firstOffset - b.firstOffset)
  }

  /** The next piece, or nothing once the response is used up. Throws on a message format older than v2. */
  next(allow: Allowance): Frames | undefined {
    const set = this.#set
    const from = this.position
    const starts: number[] = []
    let [records, bytes, markers, aborted] = [0, 0, 0, 0]
    while (
      this.position < this.#end &&
      records < allow.records &&
      bytes < allow.bytes &&
      holdsWholeBatch(set, this.#at)
    ) {
      const at = this.#at
      const base = baseOffset(set, at)
      const after = base + lastOffsetDelta(set, at) + 1
      if (magic(set, at) !== 2) throw oldFormat(base)
      if (base >= this.#end) break
      if (after > this.position) {
        const inRange = Math.min(recordCount(set, at), after - this.position)
        if (isControl(set, at)) {
          this.#marker(at)
          markers += inRange
        } else if (this.#isAborted(at, after)) aborted += inRange
        else {
          starts.push(at)
          bytes += batchBytes(set, at)
          if (records + inRange > allow.records) {
            this.position = Math.max(base, this.position) + (allow.records - records)
            break
          }
          records += inRange
        }
        this.position = Math.min(after, this.#end)
      }
      if (after <= this.position) this.#at += batchBytes(set, at)
    }
    if (this.position === from) return undefined
    return { set, starts, span: { from, to: this.position }, next: this.position, bytes, markers, aborted }
  }

  #isAborted(at: number, after: number): boolean {
    while (this.#pendingAborts[0] !== undefined && this.#pendingAborts[0].firstOffset < after) {
      this.#aborting.add((this.#pendingAborts.shift() as { producerId: bigint }).producerId)
    }
    return this.#aborting.size > 0 && isTransactional(this.#set, at) && this.#aborting.has(producerId(this.#set, at))
  }

  #marker(at: number): void {
    const abort = controlType(this.#set, at) === 0
    if (abort) this.#aborting.delete(producerId(this.#set, at))
  }
}

/** 0 for an abort marker, 1 for a commit: the second 16-bit field of a control record's key. */
function controlType(set: Buffer, at: number): number {
  let o = at + HEADER_BYTES
  const skipVarint = () => {
    while ((set[o] as number) >= 128) o++
    o++
  }
  skipVarint()
  o++
  skipVarint()
  skipVarint()
  skipVarint()
  return set.readInt16BE(o + 2)
}

function oldFormat(offset: number): RunError {
  return new RunError(`The message at offset ${offset} has a format older than Kafka 0.11`, {
    code: 'old-format',
    hint: 'Set the topic to log.message.format.version 3.0 or newer and let the old segments expire, or copy it with kcat.',
  })
}
