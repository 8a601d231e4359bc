import type { ArchiveLane, ArchiveWriter, IndexRow, StoredPiece } from '../../../archive/ports.js'
import type { Mark } from '../../../core/event.js'
import { decodeRecords, encodePiece } from '../archive/format.js'
import { bytesOf, type QueueRecord, recordDigest, recordOf } from '../archive/record.js'
import { deliveryOf } from '../replay/delivery-of.js'
import { type Delivery, routingKey } from '../wire/delivery.js'
import { timestampOf } from '../work/headers.js'
import { contentOf, idOf } from '../work/message-id.js'
import type { Keep } from './request.js'

type Place = {
  readonly archive: Pick<ArchiveWriter, 'lane' | 'sync'>
  readonly queue: string
  /** Messages of it that are on disk with their rows of the index; nothing beyond them was acked. */
  readonly indexed: Mark
  /** Reads pieces of the archive, from the one that has a mark on. */
  readonly pieces: (from: Mark) => AsyncIterable<StoredPiece>
}

/** The archive of a run as the place where messages of a queue are kept; a message's mark is its number in there. Throws as `ArchiveWriter.lane` does. */
export const keepInArchive = async (place: Place): Promise<Keep> =>
  new ArchivedQueue(place, await place.archive.lane(place.queue, place.indexed))

class ArchivedQueue implements Keep {
  readonly #place: Place
  readonly #lane: ArchiveLane

  constructor(place: Place, lane: ArchiveLane) {
    this.#place = place
    this.#lane = lane
  }

  get messages(): number {
    return Number(this.#lane.next ?? 0)
  }

  async append(deliveries: readonly Delivery[]): Promise<void> {
    const first = this.messages
    const records = deliveries.map(recordOf)
    const rows = records.map((record, at) => rowOf(record, deliveries[at] as Delivery, String(first + at)))
    await this.#lane.append(await encodePiece(first, records, rows))
  }

  sync(): Promise<void> {
    return this.#place.archive.sync()
  }

  async last(messages: number): Promise<readonly string[]> {
    await this.sync()
    const from = Math.max(0, this.messages - messages)
    const contents: string[] = []
    if (from === this.messages) return contents
    for await (const { bytes } of this.#place.pieces(String(from)))
      for (const record of decodeRecords(bytes)) contents.push(contentOf(deliveryOf(record, 0), wholeBody(record)))
    // The first piece may begin before.
    return contents.slice(Math.max(0, contents.length - messages))
  }
}

/** The key is the routing key: what a queue's publisher chose, and what a replay routes by. */
const rowOf = (record: QueueRecord, delivery: Delivery, mark: string): IndexRow => ({
  id: idOf(delivery, wholeBody(record)),
  key: routingKey(delivery),
  timestamp: timestampOf(delivery),
  mark,
  size: record.header.length + bytesOf(record.body),
  digest: recordDigest(record),
})

const wholeBody = ({ body }: QueueRecord): Buffer => (body.length === 1 ? (body[0] as Buffer) : Buffer.concat(body))
