import type { KafkaAddress } from '../../core/address.js'
import type { Guarantee, KafkaPlan, Order, Rate, Until } from '../../core/plan.js'

/** What the operator chose for a drain. Absent fields take the defaults that their comments name. */
export type DrainOptions = {
  /** Id of the run, given by the caller; becomes part of the temporary topic's name. */
  readonly run: string
  readonly now: Date
  /** Lanes per source partition; 10 unless `lanes` is given. */
  readonly factor?: number
  /** Lanes in all: a multiple of the partitions. */
  readonly lanes?: number
  /** `key` unless given. */
  readonly order?: Order
  /** `now` unless given. */
  readonly until?: Until
  /** Another cluster or topic; absent makes the temporary topic on the source's cluster. */
  readonly to?: KafkaAddress
  /** Canary: stop after this many messages. */
  readonly first?: number
  /** Transactions within a cluster and counting to another, unless given. */
  readonly guarantee?: Guarantee
  readonly compress?: NonNullable<KafkaPlan['compress']>
  readonly consumersStopped?: boolean
  /** `lanes-first` unless given. */
  readonly cutOver?: KafkaPlan['cutOver']
  /** Free bytes by broker node, where the brokers do not say. */
  readonly diskFree?: ReadonlyMap<number, bigint>
  readonly rate?: Rate
  readonly lanesGroup?: string
  /** 20 unless given. */
  readonly maxDriftPercent?: number
  readonly limits?: Partial<PartitionLimits>
}

/** How many partitions the target may carry. */
export type PartitionLimits = { readonly replicasPerBroker: number; readonly partitionsPerTopic: number }

// About 4,000 replicas a broker: KIP-578. 10,000 partitions a CreateTopics: KAFKA-17870.
export const DEFAULT_LIMITS: PartitionLimits = { replicasPerBroker: 4000, partitionsPerTopic: 10_000 }
