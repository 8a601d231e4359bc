import type { Link } from '../link.js'
import { baseOffset, batchBytes, holdsWholeBatch, lastOffsetDelta, producerId } from '../records/batch-header.js'
import { fetchRecords } from '../wire/fetch.js'
import type { Leaders } from './leaders.js'

const FETCH_BYTES = 4 << 20

/** The producer ids of the batches in [from, to) of a partition, each once; reads headers only. */
export async function producersBetween(
  { link, leaders, partition }: { link: Link; leaders: Leaders; partition: number },
  from: number,
  to: number,
): Promise<readonly bigint[]> {
  const seen = new Set<bigint>()
  const wire = await link.wire(leaders.of(partition), 'tail')
  for (let offset = from; offset < to; ) {
    const [fetched] = await fetchRecords(wire, {
      topic: leaders.topic,
      partitions: [{ partition, offset }],
      maxBytes: FETCH_BYTES,
      partitionBytes: FETCH_BYTES,
      isolation: 0,
      maxWaitMs: 100,
      minBytes: 1,
    })
    if (fetched?.error !== 0) throw await leaders.fault(fetched?.error ?? -1, `reading back partition ${partition}`)
    const before = offset
    for (let at = 0; holdsWholeBatch(fetched.records, at); at += batchBytes(fetched.records, at)) {
      const base = baseOffset(fetched.records, at)
      offset = base + lastOffsetDelta(fetched.records, at) + 1
      if (base < to) seen.add(producerId(fetched.records, at))
    }
    if (offset === before) break
  }
  return [...seen]
}
