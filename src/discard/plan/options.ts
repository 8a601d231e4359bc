import type { ArchivePlan, DiscardLane, DiscardPlan, DiscardScope, LettingGo } from '../../core/discard-plan.js'
import type { Rate } from '../../core/plan.js'

/** What the operator chose for a discard, and what this machine says of it. */
export type DiscardOptions = {
  /** Id of the run, given by the caller. */
  readonly run: string
  readonly now: Date
  readonly scope: DiscardScope
  readonly maxMessages?: number
  readonly how: LettingGo
  /** Absent: nothing is kept. The bytes that it needs are planned. */
  readonly archive?: Omit<ArchivePlan, 'needBytes'>
  readonly rate?: Rate
  readonly consumersStopped: boolean
}

/** A folder in which a broker keeps its data, as the broker tells it. */
export type BrokerFolder = {
  /** In words: `broker 1`, `node rabbit@host`. */
  readonly broker: string
  /** Name or address of the machine, as this one reaches it. */
  readonly host: string
  /** Absolute, on that machine. */
  readonly path: string
}

/** What a broker says of the prefix that shall go. */
export type DiscardLook = Pick<
  DiscardPlan,
  | 'system'
  | 'source'
  | 'clusterId'
  | 'topic'
  | 'topicId'
  | 'vhost'
  | 'user'
  | 'group'
  | 'queueType'
  | 'singleActiveConsumer'
  | 'deliveryLimit'
  | 'affected'
  | 'stopCommands'
> & {
  /** The settings file marks the cluster `production: true`. */
  readonly production: boolean
  /** What goes and no more: cut at the scope and, by `withinMessages`, at `--max-messages`. Lanes of which nothing goes end where they begin. */
  readonly lanes: readonly DiscardLane[]
  /** Offsets have holes, ready messages may expire, and age is seen only when a queue is read. */
  readonly messagesIsUpperBound: boolean
  /** One copy of what goes: record batches (Kafka), headers and bodies (RabbitMQ); `0` where it is unknown. */
  readonly bytes: bigint
  /** What it frees on the brokers; absent where only offsets move. `words` begin with `frees`: how much, where, by when, what stays. */
  readonly frees?: { readonly bytes: bigint; readonly words: string }
  /** Data folders of the brokers, for an archive that may not lie beside them; empty where they do not say. */
  readonly brokerFolders: readonly BrokerFolder[]
  /** What the survey has to tell beside. */
  readonly warnings: readonly string[]
}
