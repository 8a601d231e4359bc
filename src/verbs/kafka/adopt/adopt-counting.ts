import { listOffsets } from '../../../brokers/kafka/admin/list-offsets.js'
import { everyProducer, oldProducers } from '../../../brokers/kafka/claims/old-producers.js'
import type { LaneClaim } from '../../../brokers/kafka/claims/read-claim.js'
import type { Link } from '../../../brokers/kafka/link.js'
import type { KafkaPlan } from '../../../core/plan.js'
import { Refusal } from '../../../errors.js'

type Question = {
  /** The target's. */
  readonly link: Link
  readonly plan: KafkaPlan
  readonly claims: readonly LaneClaim[]
  /** The temporary topic is there. */
  readonly exists: boolean
  /** The operator vouches that nobody but the run wrote into the topic. */
  readonly takeOver: boolean
}

/**
 * Producers whose batches an adopted counting run may take for its own; none with transactions, which do not need it. The
 * claim's counts vouch for everything before them, and so for who wrote it. Where records lie beyond the counts of a lane for which
 * the claim vouches for nothing yet, nobody can say whose they are: throws Refusal `producers-unknown`, unless `takeOver`.
 */
export async function trustedProducers({
  link,
  plan,
  claims,
  exists,
  takeOver,
}: Question): Promise<ReadonlySet<bigint>> {
  const [first] = claims
  if (plan.guarantee === 'transactions' || first === undefined) return new Set()
  const all = plan.lanes.flatMap(lane => lane.targets)
  const ends = exists ? await endsOf(link, plan.targetTopic, all) : new Map<number, number>()
  if (takeOver) return everyProducer(link, plan.targetTopic, ends)
  const lanes = plan.lanes.map((lane, i) => ({ targets: lane.targets, counts: claims[i]?.claim.counts ?? [] }))
  const blind = lanes.findIndex(
    ({ targets, counts }) => counts.every(count => count === 0) && targets.some(target => (ends.get(target) ?? 0) > 0),
  )
  if (blind < 0) return oldProducers(link, plan.targetTopic, lanes)
  throw new Refusal(`${plan.targetTopic} holds records of partition ${blind} that its claim does not vouch for yet`, {
    code: 'producers-unknown',
    hint: 'Only the lost folder knows who wrote them. If nobody else writes into that topic, say so with --take-over.',
  })
}

async function endsOf(link: Link, topic: string, partitions: readonly number[]): Promise<Map<number, number>> {
  const found = await listOffsets(link, topic, partitions, 'latest')
  return new Map([...found].map(([partition, { offset }]) => [partition, offset]))
}
