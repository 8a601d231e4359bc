import type { Link } from '../link.js'
import { Leaders } from '../relay/leaders.js'
import { producersBetween } from '../relay/tail-producers.js'

/** One lane of an adopted counting run: its targets and how many records of the run the claim vouches for in each. */
export type Counted = { readonly targets: readonly number[]; readonly counts: readonly number[] }

/**
 * Producers that wrote the last records which the claim vouches for: each commit of counting proves that the targets hold
 * the run's records and nothing else up to its counts, so whoever wrote those is the run itself. Throws BrokerError.
 */
export async function oldProducers(link: Link, topic: string, lanes: readonly Counted[]): Promise<ReadonlySet<bigint>> {
  const leaders = await Leaders.of(link, topic)
  const seen = new Set<bigint>()
  for (const { targets, counts } of lanes) {
    for (const [i, partition] of targets.entries()) {
      const count = counts[i] ?? 0
      if (count === 0) continue
      for (const id of await producersBetween({ link, leaders, partition }, count - 1, count)) seen.add(id)
    }
  }
  return seen
}

/** Every producer in the lanes, for an operator who vouches that nobody else wrote. Reads all headers. Throws BrokerError. */
export async function everyProducer(
  link: Link,
  topic: string,
  ends: ReadonlyMap<number, number>,
): Promise<ReadonlySet<bigint>> {
  const leaders = await Leaders.of(link, topic)
  const seen = new Set<bigint>()
  for (const [partition, end] of ends) {
    if (end > 0) for (const id of await producersBetween({ link, leaders, partition }, 0, end)) seen.add(id)
  }
  return seen
}
