import type { FanoutLane } from './fanout-plan.js'
import type { PLAN_VERSION, Rate, Step } from './plan.js'
import type { QueueType } from './queue-plan.js'

/** Which prefix is let go: all that was there at the start, or what is older than an instant (ISO 8601 in UTC). `age`: as it was typed. */
export type DiscardScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'older-than'; readonly before: string; readonly age: string }
  | { readonly kind: 'until'; readonly before: string }

/**
 * How a prefix is let go. `offsets`: the group's offsets move (frees no disk). `delete-records`: they move, then DeleteRecords. `ack`: consumed and acked.
 * `purge`: queue.purge, which keeps nothing.
 */
export type LettingGo = 'offsets' | 'delete-records' | 'ack' | 'purge'

/** Where what is let go is kept. Bytes. */
export type ArchivePlan = {
  /** Absolute path of this run's archive. */
  readonly folder: string
  readonly needBytes: bigint
  /** Free on the file system of the folder, when the plan was drawn. */
  readonly freeBytes: bigint
  /** The run holds rather than leave less than this free. */
  readonly floorBytes: bigint
}

export type DiscardLane = FanoutLane & {
  /** Kafka: what stood beside the group's commit; an undo puts it back. Absent where it was empty. */
  readonly metadata?: string
  /** Time of the first and the last message that goes, ISO 8601 in UTC; absent where it is unknown. */
  readonly first?: string
  readonly last?: string
}

/** A discard, as reviewed and journalled: which prefix, how it is let go, what keeps it. Pure data. */
export type DiscardPlan = {
  readonly kind: 'discard'
  readonly system: 'kafka' | 'rabbitmq'
  readonly version: typeof PLAN_VERSION
  readonly run: string
  /** ISO 8601. */
  readonly plannedAt: string
  /** Address without credentials. */
  readonly source: string
  /** `archive:RUN`, or `nowhere` without an archive. */
  readonly target: string
  /** Cluster id (Kafka) or cluster name (RabbitMQ). */
  readonly clusterId: string
  /** Topic, or queue. */
  readonly topic: string
  readonly topicId?: string
  readonly vhost?: string
  /** RabbitMQ: who logs in at that address, without the password; absent for the guest, and where a named cluster tells it. */
  readonly user?: string
  /** Kafka: group whose offsets move. */
  readonly group?: string
  readonly queueType?: QueueType
  readonly singleActiveConsumer?: boolean
  /** RabbitMQ, quorum: deliveries of one message before the server drops or dead-letters it, and what sets it. */
  readonly deliveryLimit?: { readonly limit: number; readonly by: string }
  /** Kafka: `to` is the offset behind the last that goes. RabbitMQ: one lane, from `0` to the number of ready messages. */
  readonly lanes: readonly DiscardLane[]
  readonly scope: DiscardScope
  readonly maxMessages?: number
  readonly how: LettingGo
  /** Absent: nothing is kept. */
  readonly archive?: ArchivePlan
  readonly rate?: Rate
  readonly consumersStopped: boolean
  /** What `--confirm` must say: the topic or queue, with the cluster in front where that is production. */
  readonly confirm: string
  /** Other groups, or bindings and dead-letter targets, that lose or keep something by it; in words, one each. */
  readonly affected: readonly string[]
  readonly expect: {
    readonly messages: bigint
    /** Offsets have holes, ready messages may expire. */
    readonly messagesIsUpperBound: boolean
    readonly bytes: bigint
    /** On the broker, by the end of it; `0` where only offsets move. */
    readonly freesBytes: bigint
    /** What of it is freed where, by when, and what stays, in words. */
    readonly frees: string
  }
  readonly steps: readonly Step[]
  readonly stopCommands: readonly string[]
  /** In words. */
  readonly duplicatesAtMost: string
  readonly warnings: readonly string[]
  /** What would make `--execute` refuse now. */
  readonly refusals: readonly string[]
  readonly digest: string
}
