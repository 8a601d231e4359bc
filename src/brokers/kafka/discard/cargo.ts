import type { Piece } from '../../../archive/ports.js'
import type { Counts } from '../../../core/event.js'
import type { Frames } from '../relay/frames.js'
import { type Examined, examine, type Question } from './examine.js'
import { wholeBatches } from './whole-batches.js'

/** A piece of a lane on its way out: what the archive keeps of it, and what it amounts to. */
export type Cargo = {
  /** Absent where it holds no batch: compaction left a hole there. */
  readonly piece?: Piece
  /** Position after it. */
  readonly next: number
  readonly counts: Counts
}

/** What is asked of a piece's records and what the answer was. */
export type Weighed = Examined & { readonly frames: Frames }

/** Looks at the records of a piece. Throws RunError `corrupt`, `unknown-codec`. */
export const weigh = (frames: Frames, question: Question): Weighed => ({ ...examine(frames, question), frames })

/** What is let go of a piece that was looked at, all of it. Throws RunError `corrupt`. */
export function cargoOf({ frames, read, lines }: Weighed, { partition }: Question): Cargo {
  const cargo = { next: frames.next, counts: countsOf(frames, read) }
  const kept = lines === undefined ? undefined : wholeBatches(frames, partition)
  if (kept === undefined || lines === undefined) return cargo
  const { bytes, first, next } = kept
  return { ...cargo, piece: { bytes: [bytes], first: String(first), next: String(next), rows: [], lines } }
}

function countsOf({ span, markers, aborted, bytes }: Frames, read: number): Counts {
  const holes = span.to - span.from - read - markers - aborted
  return {
    read: BigInt(read),
    written: 0n,
    parked: 0n,
    dropped: BigInt(read),
    holes: BigInt(holes),
    markers: BigInt(markers),
    aborted: BigInt(aborted),
    bytes: BigInt(bytes),
  }
}
