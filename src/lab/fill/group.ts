import { listOffsets } from '../../brokers/kafka/admin/list-offsets.js'
import { commitOffsets } from '../../brokers/kafka/admin/offsets.js'
import type { Link } from '../../brokers/kafka/link.js'
import { settledEnds } from './settled.js'

const WITHIN_MS = 3000

export type ReadPart = {
  readonly group: string
  readonly topic: string
  readonly partitions: readonly number[]
  readonly share: number
}

/** Commits for a group, without joining it, as if it had read this share of each partition. Throws BrokerError. */
export async function commitRead(link: Link, { group, topic, partitions, share }: ReadPart): Promise<void> {
  const starts = await listOffsets(link, topic, partitions, 'earliest')
  const ends = await settledEnds(link, { topic, partitions, withinMs: WITHIN_MS })
  const entries = partitions.map(partition => {
    const start = starts.get(partition)?.offset ?? 0
    const end = ends.get(partition)?.offset ?? start
    return { partition, offset: start + Math.floor((end - start) * share), metadata: '' }
  })
  await commitOffsets(link, group, topic, entries)
}
