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
import type { Response } from './response.js'

/** A piece of one source partition as the broker's own bytes: whole record batches, and the offsets wanted of them. */
export type Frames = {
  readonly set: Buffer
  /** To be held by whoever needs `set` after the piece was routed. */
  readonly response?: Response
  /** Where the data batches start in `set`; control batches and aborted records are left out. */
  readonly starts: readonly number[]
  readonly span: Span
  /** Bytes of `set` with every batch of this piece whole, those left out too; a batch that two pieces share is in both. */
  readonly raw: Span
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
    const begin = this.#at
    const taken: Taken = { starts: [], records: 0, bytes: 0, markers: 0, aborted: 0, cut: false }
    while (taken.records < allow.records && taken.bytes < allow.bytes) {
      if (this.position >= this.#end || !holdsWholeBatch(set, this.#at)) break
      this.#step(taken, allow)
    }
    if (this.position === from) return undefined
    const { starts, bytes, markers, aborted } = taken
    // Within a batch that was cut by its records, it still stands at its start.
    const raw = { from: begin, to: this.#at + (taken.cut ? batchBytes(set, this.#at) : 0) }
    return { set, starts, span: { from, to: this.position }, raw, next: this.position, bytes, markers, aborted }
  }

  #step(taken: Taken, allow: Allowance): void {
    const [set, at] = [this.#set, this.#at]
    const base = baseOffset(set, at)
    if (magic(set, at) !== 2) throw oldFormat(base)
    // At or past the end with nothing before it: compaction left a hole there.
    const after = Math.min(base + lastOffsetDelta(set, at) + 1, this.#end)
    if (after > this.position) {
      const first = Math.max(base, this.position)
      const inRange = Math.max(0, Math.min(recordCount(set, at), after - first))
      this.#abortsBefore(after)
      if (isControl(set, at)) taken.markers += this.#marker(at, inRange)
      else if (this.#isAborted(at)) taken.aborted += inRange
      else if (inRange > 0) {
        taken.starts.push(at)
        const left = allow.records - taken.records
        taken.records += inRange
        if (inRange > left) {
          this.position = first + left
          taken.cut = true
          return
        }
        // Counted once, with the last piece of it.
        taken.bytes += batchBytes(set, at)
      }
      this.position = after
    }
    this.#at += batchBytes(set, at)
  }

  /** The broker lists a transaction until its marker is passed, so markers take from the list as data does. */
  #abortsBefore(after: number): void {
    while (this.#pendingAborts[0] !== undefined && this.#pendingAborts[0].firstOffset < after) {
      this.#aborting.add((this.#pendingAborts.shift() as { producerId: bigint }).producerId)
    }
  }

  #isAborted(at: number): boolean {
    return this.#aborting.size > 0 && isTransactional(this.#set, at) && this.#aborting.has(producerId(this.#set, at))
  }

  #marker(at: number, inRange: number): number {
    // Compaction may keep the header of a marker alone, for the sake of its producer's state.
    const abort = recordCount(this.#set, at) > 0 && controlType(this.#set, at) === 0
    if (abort) this.#aborting.delete(producerId(this.#set, at))
    return inRange
  }
}

type Taken = {
  readonly starts: number[]
  records: number
  bytes: number
  markers: number
  aborted: number
  /** The last batch goes on in the next piece. */
  cut: boolean
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
