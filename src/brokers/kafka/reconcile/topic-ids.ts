import type { Message } from '../../../core/message.js'
import { bytesAt, idText } from '../../../core/seen-bytes.js'
import type { SeenId } from '../../../core/seen-id.js'
import type { IdBatch, IdStream } from '../../../reconcile/ports.js'
import { listOffsets } from '../admin/list-offsets.js'
import type { Link } from '../link.js'
import { Leaders } from '../relay/leaders.js'
import { findTopic } from '../survey/find-topic.js'
import { readRange } from '../verify/read-range.js'
import { chunksOf } from '../work/decode.js'

const FETCH_BYTES = 4 << 20

/**
 * The ids of a topic's messages, from its beginning to where it ends now, as a read_committed reader sees them; joins no group. A tombstone counts like any message. Throws
 * UserError `no-topic`, BrokerError.
 */
export async function topicIds(link: Link, topic: string, where: SeenId): Promise<IdStream> {
  await findTopic(link, topic)
  const leaders = await Leaders.of(link, topic)
  const partitions = Array.from({ length: leaders.partitions }, (_, partition) => partition)
  const starts = await listOffsets(link, topic, partitions, 'earliest')
  const ends = await listOffsets(link, topic, partitions, 'stable')
  return {
    kind: 'stream',
    name: `topic ${topic}`,
    ...(where.at === 'json' ? { pointer: where.pointer } : {}),
    async *batches({ from = -Infinity, to = Infinity }, signal) {
      for (const partition of partitions) {
        const span = { from: starts.get(partition)?.offset ?? 0, to: ends.get(partition)?.offset ?? 0 }
        const reader = { link, leaders, partition, purpose: 'reconcile', bytes: FETCH_BYTES }
        for await (const piece of readRange(reader, span)) {
          signal.throwIfAborted()
          for (const { messages } of chunksOf(piece, { topic, lane: String(partition) }))
            yield batchOf(
              messages.filter(({ timestamp }) => timestamp >= from && timestamp < to),
              where,
            )
        }
      }
    },
  }
}

const batchOf = (messages: readonly Message[], where: SeenId): IdBatch => ({
  ids: messages.map(message => idText(bytesAt(message, where))),
  times: messages.map(({ timestamp }) => (timestamp < 0 ? null : timestamp)),
})
