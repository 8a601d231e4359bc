import { portions } from '../../../archive/portions.js'
import type { ArchiveReader, StoredPiece, Stretch } from '../../../archive/ports.js'
import type { Mark } from '../../../core/event.js'
import { RunError } from '../../../errors.js'
import type { ReplayChunk, ReplayItem, ReplayLane } from '../../../replay/ports.js'
import { decodeRecords, rabbitmqFormat } from '../archive/format.js'
import { QueueMessage } from '../work/queue-message.js'
import { deliveryOf } from './delivery-of.js'

export type ArchivedQueue = {
  readonly reader: ArchiveReader
  readonly queue: string
  /** Marks count the messages of the archive. */
  readonly from: Mark
  readonly to: Mark
  /** Which marks in [from, to) are to be looked at. */
  readonly stretches: (span: { readonly from: number; readonly to: number }) => Promise<readonly Stretch[]>
}

/** The messages of a queue as an archive keeps them; their key is the routing key. Throws RunError `archive-damaged` with file and byte. */
export const archivedQueue = (archived: ArchivedQueue): ReplayLane => ({
  lane: archived.queue,
  from: archived.from,
  to: archived.to,
  read: (from, soft) => read(archived, from, soft),
})

async function* read(archived: ArchivedQueue, from: Mark, soft: AbortSignal): AsyncGenerator<ReplayChunk> {
  const { reader, queue, to } = archived
  const end = Number(to)
  const stretches = await archived.stretches({ from: Number(from), to: end })
  let reached = Number(from)
  for await (const portion of portions({ reader, format: rabbitmqFormat(queue), lane: queue, stretches })) {
    if (soft.aborted) return
    reached = portion.to
    if ('left' in portion) yield { items: [], next: String(reached), skipped: portion.left }
    else yield { items: itemsOf(queue, portion), next: String(reached), skipped: 0 }
  }
  if (soft.aborted || reached >= end) return
  throw new RunError(`The archive of ${queue} ends at message ${reached}; it was said to hold ${end}`, {
    code: 'archive-damaged',
    hint: 'See what is in it: spillway archive verify RUN.',
  })
}

type Part = { readonly piece: StoredPiece; readonly from: number; readonly to: number }

function itemsOf(queue: string, { piece, from, to }: Part): ReplayItem[] {
  const first = Number(piece.bytes.readBigUInt64LE(12))
  return recordsOf(piece)
    .slice(from - first, to - first)
    .map((record, at) => {
      const reading = { target: queue, lane: queue, key: 'routing-key' }
      const message = new QueueMessage(deliveryOf(record, from + at), reading)
      return { message, next: String(from + at + 1) }
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
