import { listOffsets } from '../admin/list-offsets.js'
import { describeTopic } from '../admin/topics.js'
import { check } from '../errors.js'
import type { Link } from '../link.js'
import { recordCount } from '../records/batch-header.js'
import { Sieve } from '../relay/frames.js'
import { fetchRecords } from '../wire/fetch.js'

const FETCH_BYTES = 8 << 20
const EVERYTHING = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }
/** Markers of transactions that were just ended take a moment to be written. Milliseconds. */
const MARKERS_WITHIN_MS = 10_000
const POLL_MS = 100

/**
 * How many records a read_committed reader sees in each of these partitions, first to last; 0 where the topic is not there. Reads headers
 * only. Waits for ended transactions' markers, 10 s at most. Throws BrokerError.
 */
export async function countRecords(
  link: Link,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const counts = new Map(partitions.map(partition => [partition, 0]))
  const there = await describeTopic(link, topic)
  if (there === undefined || partitions.length === 0) return counts
  const ends = await settledEnds(link, topic, partitions)
  const starts = await listOffsets(link, topic, partitions, 'earliest')
  for (const { partition, leader } of there.partitions) {
    const [from, to] = [starts.get(partition)?.offset ?? 0, ends.get(partition)?.offset ?? 0]
    if (counts.has(partition)) counts.set(partition, await countOne({ link, topic, partition, leader }, from, to))
  }
  return counts
}

async function settledEnds(link: Link, topic: string, partitions: readonly number[]) {
  for (const until = Date.now() + MARKERS_WITHIN_MS; ; ) {
    const stable = await listOffsets(link, topic, partitions, 'stable')
    const latest = await listOffsets(link, topic, partitions, 'latest')
    if (partitions.every(p => stable.get(p)?.offset === latest.get(p)?.offset) || Date.now() > until) return stable
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
}

type Where = { readonly link: Link; readonly topic: string; readonly partition: number; readonly leader: number }

async function countOne({ link, topic, partition, leader }: Where, from: number, to: number): Promise<number> {
  const wire = await link.wire(leader, 'count')
  let count = 0
  for (let offset = from; offset < to; ) {
    const [fetched] = await fetchRecords(wire, {
      topic,
      partitions: [{ partition, offset }],
      maxBytes: FETCH_BYTES,
      partitionBytes: FETCH_BYTES,
      isolation: 1,
      maxWaitMs: 500,
      minBytes: 1,
    })
    check(fetched?.error ?? -1, { doing: `Counting the records of ${topic}`, topic, operation: 'Read' })
    const piece = fetched && new Sieve(fetched, offset, to).next(EVERYTHING)
    if (piece === undefined) break
    for (const at of piece.starts) count += recordCount(piece.set, at)
    offset = piece.next
  }
  return count
}
