import type { Link } from '../link.js'
import { type RecordTaker, type Span, scatter } from '../records/scatter.js'
import type { Leaders } from '../relay/leaders.js'
import { readRange } from './read-range.js'

const FETCH_BYTES = 4 << 20

export type Summing = {
  readonly link: Link
  readonly leaders: Leaders
  readonly partition: number
  readonly span: Span
  readonly purpose: string
  /** Told how many records each response held. */
  readonly progress: (records: number) => void
  readonly signal: AbortSignal
}

/** Hands every committed record of a range to `taker`, one response in memory at a time. Throws as `readRange`. */
export async function sumRange(summing: Summing, taker: RecordTaker): Promise<void> {
  const { span, progress, signal, ...reader } = summing
  for await (const piece of readRange({ ...reader, bytes: FETCH_BYTES }, span)) {
    signal.throwIfAborted()
    let records = 0
    for (const at of piece.starts) records += scatter(piece.set, at, piece.span, taker)
    progress(records)
  }
}
