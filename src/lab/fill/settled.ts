import { setTimeout as sleep } from 'node:timers/promises'
import { type FoundOffset, listOffsets } from '../../brokers/kafka/admin/list-offsets.js'
import type { Link } from '../../brokers/kafka/link.js'

const POLL_MS = 50

export type Ends = { readonly topic: string; readonly partitions: readonly number[]; readonly withinMs: number }

/**
 * The last stable offsets once they are the ends: a transaction's markers are written after its commit is answered. Those of now where
 * a transaction is still open after `withinMs`. Throws BrokerError.
 */
export async function settledEnds(
  link: Link,
  { topic, partitions, withinMs }: Ends,
): Promise<Map<number, FoundOffset>> {
  const at = (which: 'stable' | 'latest') => listOffsets(link, topic, partitions, which)
  for (const until = Date.now() + withinMs; ; await sleep(POLL_MS)) {
    const [stable, latest] = await Promise.all([at('stable'), at('latest')])
    if (partitions.every(p => stable.get(p)?.offset === latest.get(p)?.offset) || Date.now() > until) return stable
  }
}
