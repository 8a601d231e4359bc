import type { KafkaPlan } from '../../core/plan.js'
import type { Draft } from './draft.js'
import { DEFAULT_LIMITS, type DrainOptions, type PartitionLimits } from './options.js'
import type { Target } from './target.js'

/** Replicas that each broker of the target holds, and gets; the brokers choose the placement, so an even share. */
export const partitionsByBroker = (
  target: Target,
  replicas: number,
  limits: PartitionLimits,
): KafkaPlan['partitionsByBroker'] => {
  const { brokers, partitionsByBroker: held } = target.cluster
  const adds = Math.ceil(replicas / Math.max(1, brokers.length))
  return brokers.map(({ node }) => ({ node, now: held[String(node)] ?? 0, adds, limit: limits.replicasPerBroker }))
}

/** The limits in force: the operator's, else what brokers are known to bear. */
export const limitsOf = (options: Pick<DrainOptions, 'limits'>): PartitionLimits => ({
  ...DEFAULT_LIMITS,
  ...options.limits,
})

/** The largest factor that stays within the limits; 0 where not even one lane a partition fits. */
export const largestFactor = (plan: Draft, limits: PartitionLimits): number => {
  const partitions = plan.targetLanes / plan.factor
  const room = plan.partitionsByBroker.reduce((sum, { now, limit }) => sum + Math.max(0, limit - now), 0)
  const lanes = Math.min(limits.partitionsPerTopic, Math.floor(room / Math.max(1, plan.replication)))
  return Math.floor(lanes / partitions)
}
