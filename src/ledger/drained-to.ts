import { murmur2 } from '../core/murmur2.js'
import type { KafkaPlan } from '../core/plan.js'
import type { Position, Subject } from './subject.js'

/** Records that a counting drain without order sends to one lane before the next has its turn, by source offset. */
const STRIDE = 128n

/** Where a drain copied a record: the partition where it can be computed, else the topic and what would tell. */
export type DrainedTo = { readonly where: string; readonly lane?: number; readonly detail: string }

/**
 * The partition of the target that the lane map gives a record: `p + P·(floor(h / P) mod k)`, h = murmur2(key). By key it needs the key; a
 * drain in no order by transactions goes round as its batches fill, which nothing repeats. Pure.
 */
export const drainedTo = (plan: KafkaPlan, { position, key }: Subject & { position: Position }): DrainedTo => {
  const partition = Number(position.lane)
  const sources = plan.targetLanes / plan.factor
  const block = blockOf(plan, { position, key, sources })
  if (block !== undefined) {
    const lane = partition + sources * block
    return { where: `${plan.target}/${lane}`, lane, detail: `partition ${lane} of the target` }
  }
  const targets = plan.lanes.find(({ lane }) => lane === position.lane)?.targets ?? []
  const one = `one of the partitions ${targets.join(', ')}`
  return {
    where: plan.target,
    detail: plan.order === 'key' ? `${one}: --key tells which` : `${one}: without order nothing tells which`,
  }
}

const blockOf = (
  { order, guarantee, factor }: KafkaPlan,
  { position, key, sources }: { position: Position; key: Buffer | undefined; sources: number },
): number | undefined => {
  if (order === 'key') return key === undefined ? undefined : Math.floor(murmur2(key, 0, key.length) / sources) % factor
  return guarantee === 'counting' ? Number((position.offset / STRIDE) % BigInt(factor)) : undefined
}
