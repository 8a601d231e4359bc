import { isUtf8 } from 'node:buffer'
import type { Message } from '../../../core/message.js'
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
  const of = idOf(where)
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
              of,
            )
        }
      }
    },
  }
}

const batchOf = (messages: readonly Message[], of: (message: Message) => Buffer | null): IdBatch => ({
  ids: messages.map(message => textOf(of(message))),
  times: messages.map(({ timestamp }) => (timestamp < 0 ? null : timestamp)),
})

function idOf(where: SeenId): (message: Message) => Buffer | null {
  switch (where.at) {
    case 'key':
      return ({ key }) => key
    case 'json':
      return ({ value }) => value
    case 'header':
      // As with consumers that look a header up, the last of several holds.
      return ({ headers }) => headers.filter(([name]) => name === where.name).at(-1)?.[1] ?? null
    default:
      return where satisfies never
  }
}

/** Bytes that are no UTF-8 are written as the archive's verbs take them. */
const textOf = (bytes: Buffer | null): string | null =>
  bytes === null ? null : isUtf8(bytes) ? bytes.toString() : `base64:${bytes.toString('base64')}`
