import type { ArchiveLane, ArchiveWriter, IndexRow } from '../../../archive/ports.js'
import { encodePiece } from '../archive/format.js'
import { bytesOf, type QueueRecord, recordDigest, recordOf } from '../archive/record.js'
import { type Delivery, routingKey } from '../wire/delivery.js'
import { timestampOf } from '../work/headers.js'
import { idOf } from '../work/message-id.js'
import type { Keep } from './request.js'

/** The archive of a run as the place where messages of a queue are kept; a message's mark is its number in there. Throws as `ArchiveWriter.lane` does. */
export async function keepInArchive(archive: Pick<ArchiveWriter, 'lane' | 'sync'>, queue: string): Promise<Keep> {
  // No position tells what was let go, so all that is there stays.
  return new ArchivedQueue(archive, await archive.lane(queue, undefined))
}

class ArchivedQueue implements Keep {
  readonly #archive: Pick<ArchiveWriter, 'sync'>
  readonly #lane: ArchiveLane

  constructor(archive: Pick<ArchiveWriter, 'sync'>, lane: ArchiveLane) {
    this.#archive = archive
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
    return this.#archive.sync()
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
