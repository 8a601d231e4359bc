import { baseOffset, batchBytes, lastOffsetDelta } from '../records/batch-header.js'
import { checkCrcs } from '../records/crc.js'
import type { Frames } from '../relay/frames.js'

/** Record batches side by side in one buffer, as they came. */
export type WholeBatches = {
  readonly bytes: Buffer
  /** The first offset of them that is in the span, and the one behind the last. */
  readonly first: number
  readonly next: number
}

/**
 * The batches of a piece that belong to its span, control and aborted ones too, each as the broker sent it; one that reaches across the span is kept whole.
 * Undefined where there is none. Throws RunError `corrupt` where one does not match its checksum: what is kept damaged is lost.
 */
export function wholeBatches({ set, span, raw }: Frames, partition: number): WholeBatches | undefined {
  const starts: number[] = []
  for (let at = raw.from; at < raw.to && baseOffset(set, at) < span.to; at += batchBytes(set, at))
    if (endOf(set, at) > span.from) starts.push(at)
  const [from] = starts
  const last = starts.at(-1)
  if (from === undefined || last === undefined) return undefined
  for (let index = 0; index < starts.length; ) index = checkCrcs(set, { starts, index, partition })
  return {
    bytes: set.subarray(from, last + batchBytes(set, last)),
    first: Math.max(span.from, baseOffset(set, from)),
    next: endOf(set, last),
  }
}

const endOf = (set: Buffer, at: number): number => baseOffset(set, at) + lastOffsetDelta(set, at) + 1
