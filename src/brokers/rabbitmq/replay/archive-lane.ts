import type { ArchiveReader, StoredPiece } from '../../../archive/ports.js'
import type { Mark } from '../../../core/event.js'
import { RunError } from '../../../errors.js'
import type { ReplayChunk, ReplayItem, ReplayLane } from '../../../replay/ports.js'
import { decodeRecords } from '../archive/format.js'
import { QueueMessage } from '../work/queue-message.js'
import { deliveryOf } from './delivery-of.js'

export type ArchivedQueue = {
  readonly reader: ArchiveReader
  readonly queue: string
  /** Marks count the messages of the archive. */
  readonly from: Mark
  readonly to: Mark
}

/** The messages of a queue as an archive keeps them; their key is the routing key. Throws RunError `archive-damaged` with file and byte. */
export const archivedQueue = (archived: ArchivedQueue): ReplayLane => ({
  lane: archived.queue,
  from: archived.from,
  to: archived.to,
  read: (from, soft) => read(archived, from, soft),
})

async function* read({ reader, queue, to }: ArchivedQueue, from: Mark, soft: AbortSignal): AsyncGenerator<ReplayChunk> {
  const [begin, end] = [Number(from), Number(to)]
  let reached = begin
  for await (const piece of reader.pieces(queue, from)) {
    const first = Number(piece.bytes.readBigUInt64LE(12))
    if (soft.aborted || first >= end) break
    const records = recordsOf(piece)
    const items: ReplayItem[] = []
    for (let at = Math.max(0, begin - first); at < records.length && first + at < end; at++) {
      const record = records[at]
      if (record === undefined) continue
      const message = new QueueMessage(deliveryOf(record, first + at), {
        target: queue,
        lane: queue,
        key: 'routing-key',
      })
      items.push({ message, next: String(first + at + 1) })
    }
    reached = Math.min(end, first + records.length)
    yield { items, next: String(reached), skipped: 0 }
  }
  if (soft.aborted || reached >= end) return
  throw new RunError(`The archive of ${queue} ends at message ${reached}; it was said to hold ${end}`, {
    code: 'archive-damaged',
    hint: 'See what is in it: spillway archive verify RUN.',
  })
}

function recordsOf({ file, position, bytes }: StoredPiece) {
  try {
    return decodeRecords(bytes)
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    throw new RunError(`${file}: the piece at byte ${position} cannot be read: ${cause.message}`, {
      code: 'archive-damaged',
      hint: 'See what else is damaged: spillway archive verify RUN.',
      cause,
    })
  }
}
