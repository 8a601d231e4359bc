import type { Totals } from './claim.js'
import type { Producer } from './produce-queue.js'

/** Where a lane stands by the word of the broker. */
export type Standing = {
  /** Next offset to copy. */
  readonly offset: number
  /** Running totals of this lane as its last commit carries them. */
  readonly totals: Totals
  /** Counting: records already in each of the lane's targets beyond the commit; they are skipped, not written again. */
  readonly ahead?: readonly number[]
  /** Counting: records in each of the lane's targets at the commit. */
  readonly counts?: readonly number[]
}

/** How the copies and the source position become durable together: by a transaction, or by counting. */
export interface Settlement {
  /** Valid after `open`. */
  readonly producer: Producer
  /** Takes the lane over, ends what an earlier execution left open, and finds the position that really holds. */
  open(): Promise<Standing>
  /** Before data goes to these partitions. */
  include(partitions: readonly number[]): Promise<void>
  /** Sees each acknowledged batch. Throws when a foreign record stands in between. */
  acknowledged(partition: number, baseOffset: bigint, records: number): void
  /** After the flush: moves the source position to `offset` together with the copies. */
  commit(offset: number, totals: Totals, counts: readonly number[]): Promise<void>
  /** Gives the open transaction up. Does not throw: the next `open` ends it anyway. */
  abandon(): Promise<void>
  /** What an error of writing or settling means here: a fence by another runner becomes its Refusal. */
  explain(error: unknown): Promise<unknown>
}
