import type { Counts, Mark, RunEvent } from './event.js'

/**
 * What is settled together: one transaction, or one confirmed run. Its cargo is pulled piece by piece, so that a batch
 * may be larger than memory; the adapter reads ahead of the pump. The pump is the only caller of `settle` and `abandon`.
 */
export interface Batch<Cargo> {
  /** Pieces in source order. Ends when the batch is long enough, the lane is at its end, or `soft` aborts. */
  cargo(soft: AbortSignal): AsyncIterable<Cargo>
  /** After the sink's flush: moves the source position together with the copies. */
  settle(): Promise<Settled>
  /** Gives up what was not settled: source position unchanged, copies never to be seen by committed readers. */
  abandon(): Promise<void>
}

/** `skipped`: messages that were looked at and left out; they are not read. */
export type Settled = { readonly mark: Mark; readonly counts: Counts; readonly skipped?: bigint }

/** Where a lane begins. `recovered` is what an earlier execution settled without living to journal it. */
export type Opened = { readonly from: Mark; readonly to: Mark; readonly recovered?: Settled }

/** Yields the batches of one lane up to its end mark; never an empty one. */
export interface Source<Cargo> {
  readonly lane: string
  /** Takes the lane over and finds its position; called again after every fault. */
  open(): Promise<Opened>
  batches(soft: AbortSignal): AsyncIterable<Batch<Cargo>>
  /** The end mark is reached. */
  readonly finished: boolean
}

/** Where the copies go. `write` resolves when the piece is accepted (back-pressure), `flush` when all is durable. */
export interface Sink<Cargo> {
  write(cargo: Cargo, hard: AbortSignal): Promise<void>
  flush(hard: AbortSignal): Promise<void>
}

/** Holds, with a reason, while something is unsafe; passes through otherwise. */
export interface Gate {
  pass(lane: string, soft: AbortSignal): AsyncIterable<RunEvent>
  hold(reason: string, until: 'clears' | 'operator'): void
  release(reason: string, by: string): void
  /** Notes that a lane can't do its work, and why. All lanes in trouble are one hold, under the first reason; none of them waits for it. */
  trouble(lane: string, reason: string): void
  /** A lane works again, or has ended; the last one in trouble lifts that hold. */
  recovered(lane: string): void
}
