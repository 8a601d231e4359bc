import { setTimeout as sleep } from 'node:timers/promises'
import { type FoundOffset, listOffsets } from '../../brokers/kafka/admin/list-offsets.js'
import { commitOffsets } from '../../brokers/kafka/admin/offsets.js'
import type { Link } from '../../brokers/kafka/link.js'

const SETTLED_WITHIN_MS = 3000

export type ReadPart = {
  readonly group: string
  readonly topic: string
  readonly partitions: readonly number[]
  readonly share: number
}

/** Commits for a group, without joining it, as if it had read this share of each partition. Throws BrokerError. */
export async function commitRead(link: Link, { group, topic, partitions, share }: ReadPart): Promise<void> {
  const starts = await listOffsets(link, topic, partitions, 'earliest')
  const ends = await settledEnds(link, topic, partitions)
  const entries = partitions.map(partition => {
    const start = starts.get(partition)?.offset ?? 0
    const end = ends.get(partition)?.offset ?? start
    return { partition, offset: start + Math.floor((end - start) * share), metadata: '' }
  })
  await commitOffsets(link, group, topic, entries)
}

/** Markers are written after a commit is answered: the ends once they are there, or those of an open transaction after a while. */
async function settledEnds(
  link: Link,
  topic: string,
  partitions: readonly number[],
): Promise<Map<number, FoundOffset>> {
  const at = (which: 'stable' | 'latest') => listOffsets(link, topic, partitions, which)
  for (const until = Date.now() + SETTLED_WITHIN_MS; ; await sleep(50)) {
    const [stable, latest] = await Promise.all([at('stable'), at('latest')])
    if (partitions.every(p => stable.get(p)?.offset === latest.get(p)?.offset) || Date.now() > until) return stable
  }
}
