import type { Counts, Mark, RunEvent } from './event.js'

/**
 * What is settled together: one transaction, or one confirmed run. Its cargo is pulled piece by piece, so that a batch
 * may be larger than memory; the adapter reads ahead of the pump. The pump is the only caller of `settle` and `abandon`.
 */
export interface Batch<Cargo> {
  readonly lane: string
  /** Pieces in source order. Ends when the batch is long enough, the lane is at its end, or `soft` aborts. */
  cargo(soft: AbortSignal): AsyncIterable<Cargo>
  /** After the sink's flush: moves the source position together with the copies. Throws while nothing has moved. */
  settle(): Promise<{ mark: Mark; counts: Counts }>
  /** Gives up what was not settled: source position unchanged, copies never to be seen by committed readers. */
  abandon(): Promise<void>
}

/** Yields batches of one lane; ends at the lane's end mark, or when `soft` aborts. Never an empty batch. */
export interface Source<Cargo> {
  readonly lane: string
  batches(soft: AbortSignal): AsyncIterable<Batch<Cargo>>
}

/** Where the copies go. `write` resolves when the piece is accepted (back-pressure), `flush` when all is durable. */
export interface Sink<Cargo> {
  write(cargo: Cargo, hard: AbortSignal): Promise<void>
  flush(hard: AbortSignal): Promise<void>
}

/** Holds, with a reason, while something is unsafe; passes through otherwise. */
export interface Gate {
  pass(lane: string, soft: AbortSignal): AsyncIterable<RunEvent>
}
