import type { ArchiveReader } from '../../../archive/ports.js'
import type { Mark } from '../../../core/event.js'
import type { ReplayChunk, ReplayItem, ReplayLane } from '../../../replay/ports.js'
import { baseOffset, codecOf, isControl, isTransactional, lastOffsetDelta } from '../records/batch-header.js'
import { decode } from '../work/decode.js'

const CHUNK_MESSAGES = 1000
const CHUNK_BYTES = 256 << 10

export type ArchivedPartition = {
  readonly reader: ArchiveReader
  readonly topic: string
  /** Number of the partition. */
  readonly lane: string
  readonly from: Mark
  readonly to: Mark
  /** How many messages that is. */
  readonly messages?: bigint | undefined
  /**
   * Offsets in [from, to) that the index has. A batch may hold records of a transaction that was aborted: those are not in the index. Asked only where
   * there are batches of transactions.
   */
  readonly committed: (
    lane: string,
    span: { readonly from: number; readonly to: number },
  ) => Promise<ReadonlySet<number>>
}

/** The committed messages of a partition as an archive keeps them. Throws RunError `archive-damaged` with file and byte. */
export const archivedPartition = (archived: ArchivedPartition): ReplayLane => ({
  lane: archived.lane,
  from: archived.from,
  to: archived.to,
  ...(archived.messages === undefined ? {} : { messages: archived.messages }),
  read: (from, soft) => read(archived, from, soft),
})

async function* read(archived: ArchivedPartition, from: Mark, soft: AbortSignal): AsyncGenerator<ReplayChunk> {
  const { reader, lane, to } = archived
  const [begin, end] = [Number(from), Number(to)]
  let gathered: ReplayItem[] = []
  let [bytes, reached] = [0, begin]
  for await (const piece of reader.pieces(lane, from)) {
    const base = baseOffset(piece.bytes, 0)
    if (soft.aborted || base >= end) break
    const behind = Math.min(end, base + lastOffsetDelta(piece.bytes, 0) + 1)
    for (const item of await itemsOf(archived, piece.bytes, { from: Math.max(base, begin), to: behind }))
      gathered.push(item)
    reached = behind
    bytes += piece.bytes.length
    if (gathered.length < CHUNK_MESSAGES && bytes < CHUNK_BYTES) continue
    yield { items: gathered, next: String(reached), skipped: 0 }
    gathered = []
    bytes = 0
  }
  if (soft.aborted) return
  yield { items: gathered, next: to, skipped: 0 }
}

type Span = { readonly from: number; readonly to: number }

async function itemsOf(
  { topic, lane, committed }: ArchivedPartition,
  batch: Buffer,
  span: Span,
): Promise<ReplayItem[]> {
  if (isControl(batch, 0)) return []
  const frames = {
    set: batch,
    starts: [0],
    span,
    next: span.to,
    bytes: batch.length,
    raw: { from: 0, to: batch.length },
    markers: 0,
    aborted: 0,
  }
  const all = decode(frames, { topic, lane })
  const seen = isTransactional(batch, 0) ? await committed(lane, span) : undefined
  const codec = codecOf(batch, 0)
  return all
    .filter(({ offset }) => seen === undefined || seen.has(offset))
    .map(message => ({ message, next: String(message.offset + 1), ...(codec === 0 ? {} : { codec }) }))
}
