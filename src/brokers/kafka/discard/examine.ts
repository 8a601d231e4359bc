import type { OffsetLines } from '../../../archive/offset-lines.js'
import type { RowLines } from '../../../archive/ports.js'
import { defined } from '../../../core/defined.js'
import { baseOffset, lastOffsetDelta, recordCount } from '../records/batch-header.js'
import { scatter } from '../records/scatter.js'
import type { Frames } from '../relay/frames.js'
import { RowTaker } from './row-taker.js'

/** What is asked of the records of a piece. */
export type Question = {
  readonly topic: string
  readonly partition: number
  /** Milliseconds since the epoch: the lane ends at the first record that is not older. */
  readonly before?: number
  /** Where the rows of a piece go, begun anew with each; absent where nothing is kept. */
  readonly index?: OffsetLines
}

/** Where a lane must end, though its plan goes further: at a record that is not older, or that has no time to tell. */
export type Stop = { readonly offset: number; readonly why: 'newer' | 'undated' }

/** What the records of a piece are. */
export type Examined = {
  /** Committed data records in the span. */
  readonly read: number
  /** Valid until the next piece is looked at. */
  readonly lines?: RowLines
  readonly stop?: Stop
}

/** Counts, and describes for the index, the data records of a piece; finds where a scope of time ends. Throws RunError `corrupt`, `unknown-codec`. */
export function examine(frames: Frames, question: Question): Examined {
  const { index, before } = question
  if (index === undefined && before === undefined) return { read: count(frames) }
  const taker = new RowTaker(question)
  for (const at of frames.starts) scatter(frames.set, at, frames.span, taker)
  return { read: taker.read, ...defined({ stop: taker.stop, lines: index?.lines() }) }
}

/** Headers tell, but for a batch that the span cuts. */
function count({ set, starts, span }: Frames): number {
  let records = 0
  for (const at of starts) {
    const base = baseOffset(set, at)
    const whole = base >= span.from && base + lastOffsetDelta(set, at) < span.to
    records += whole ? recordCount(set, at) : scatter(set, at, span, NOBODY)
  }
  return records
}

const NOBODY = { take: () => undefined }
