import type { Assignment, Subscription } from './subscription.js'

/** A member of the group as its leader sees it. */
export type Subscriber = Subscription & { readonly member: string }

/**
 * Shares the partitions of every topic out over its subscribers, as evenly as whole partitions go; who had a partition keeps it as far as that allows.
 * Deterministic. `counts`: topic to number of partitions; topics that are not there are left out. Pure.
 */
export function balance(
  members: readonly Subscriber[],
  counts: ReadonlyMap<string, number>,
): ReadonlyMap<string, Assignment> {
  const shares = new Map(members.map(({ member }) => [member, new Map<string, number[]>()]))
  const total = new Map(members.map(({ member }) => [member, 0]))
  for (const [topic, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const takers = members.filter(({ topics }) => topics.includes(topic))
    if (takers.length === 0) continue
    for (const [member, partitions] of shareTopic({ topic, count, takers, total })) {
      total.set(member, (total.get(member) ?? 0) + partitions.length)
      if (partitions.length > 0)
        shares.get(member)?.set(
          topic,
          partitions.sort((a, b) => a - b),
        )
    }
  }
  return shares
}

type Topic = {
  readonly topic: string
  readonly count: number
  readonly takers: readonly Subscriber[]
  /** Partitions of other topics that each member has already. */
  readonly total: ReadonlyMap<string, number>
}

function shareTopic({ topic, count, takers, total }: Topic): ReadonlyMap<string, number[]> {
  const load = (taker: Subscriber) => total.get(taker.member) ?? 0
  const inOrder = [...takers].sort((a, b) => load(a) - load(b) || (a.member < b.member ? -1 : 1))
  const base = Math.floor(count / takers.length)
  let extras = count % takers.length
  const free = new Set(Array.from({ length: count }, (_, partition) => partition))
  const shares = new Map(inOrder.map(({ member }) => [member, [] as number[]]))
  for (const { member, owned } of inOrder) {
    const kept = (owned.get(topic) ?? []).filter(partition => free.has(partition))
    const share = kept.slice(0, kept.length > base && extras > 0 ? base + 1 : base)
    if (share.length > base) extras--
    for (const partition of share) free.delete(partition)
    shares.set(member, share)
  }
  const left = [...free]
  for (const share of shares.values()) while (share.length < base) share.push(left.shift() as number)
  for (const share of shares.values()) if (share.length === base && left.length > 0) share.push(left.shift() as number)
  return shares
}
