import type { FanoutPlan, WorkOrder } from '../../core/fanout-plan.js'

/** What the operator chose for a fan-out, as its plan has it. */
export type FanoutOptions = Pick<
  FanoutPlan,
  | 'run'
  | 'handler'
  | 'workers'
  | 'concurrency'
  | 'retries'
  | 'timeoutMs'
  | 'maxAhead'
  | 'maxParkedPercent'
  | 'maxErrorPercent'
  | 'park'
  | 'rate'
  | 'pace'
  | 'consumersStopped'
> & {
  readonly now: Date
  /** Absent: `key` where messages have a key, else `none`. */
  readonly order?: WorkOrder
}

/** What a broker says of the lanes, or of the source, that shall be worked. */
export type FanoutLook = Pick<
  FanoutPlan,
  | 'system'
  | 'source'
  | 'reads'
  | 'of'
  | 'clusterId'
  | 'topic'
  | 'topicId'
  | 'vhost'
  | 'user'
  | 'group'
  | 'lanes'
  | 'laneQueues'
  | 'queueType'
  | 'singleActiveConsumer'
  | 'deliveryLimit'
  | 'key'
  | 'expect'
> & {
  /** False while the drain still copies into these lanes. */
  readonly isWhole: boolean
  /** Members or consumers that work there now, in words. */
  readonly others: readonly string[]
  /** The key that most messages have, by a sample; its share is 0–1. */
  readonly hottest?: { readonly key: string; readonly share: number }
  /** What the survey has to tell beside. */
  readonly warnings: readonly string[]
  /** What would make `--execute` refuse now. */
  readonly refusals: readonly string[]
  readonly stopCommands: readonly string[]
}
