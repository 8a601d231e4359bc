import { portions } from '../../../archive/portions.js'
import type { ArchiveReader, Stretch } from '../../../archive/ports.js'
import type { Mark } from '../../../core/event.js'
import type { ReplayChunk, ReplayItem, ReplayLane } from '../../../replay/ports.js'
import { kafkaFormat } from '../archive/format.js'
import { codecOf, isControl, isTransactional } from '../records/batch-header.js'
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
  /** Which offsets in [from, to) are to be looked at. */
  readonly stretches: (
    lane: string,
    span: { readonly from: number; readonly to: number },
  ) => Promise<readonly Stretch[]>
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
  const { reader, topic, lane, to } = archived
  const stretches = await archived.stretches(lane, { from: Number(from), to: Number(to) })
  const gathered = new Gathered()
  for await (const portion of portions({ reader, format: kafkaFormat(topic), lane, stretches })) {
    if (soft.aborted) return
    if ('left' in portion) gathered.pass(portion.left)
    else gathered.take(await itemsOf(archived, portion.piece.bytes, portion), portion.piece.bytes.length)
    if (gathered.isEnough) yield gathered.chunk(String(portion.to))
  }
  if (!soft.aborted) yield gathered.chunk(to)
}

/** What becomes a chunk. */
class Gathered {
  #items: ReplayItem[] = []
  #bytes = 0
  #skipped = 0

  take(items: readonly ReplayItem[], bytes: number): void {
    for (const item of items) this.#items.push(item)
    this.#bytes += bytes
  }

  pass(messages: number): void {
    this.#skipped += messages
  }

  get isEnough(): boolean {
    return this.#items.length >= CHUNK_MESSAGES || this.#bytes >= CHUNK_BYTES
  }

  chunk(next: Mark): ReplayChunk {
    const chunk = { items: this.#items, next, skipped: this.#skipped }
    this.#items = []
    this.#bytes = 0
    this.#skipped = 0
    return chunk
  }
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
