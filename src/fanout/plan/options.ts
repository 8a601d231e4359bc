import type { FanoutPlan, HandlerPlan, WorkOrder } from '../../core/fanout-plan.js'
import type { Rate } from '../../core/plan.js'

/** What the operator chose for a fan-out. Absent fields take the defaults that their comments name. */
export type FanoutOptions = {
  /** Id of the run, given by the caller. */
  readonly run: string
  readonly now: Date
  readonly handler: HandlerPlan
  /** `key` where messages have a key, else `none`. */
  readonly order?: WorkOrder
  readonly workers: number
  /** Messages in flight per worker. */
  readonly concurrency: number
  /** Tries after the first one. */
  readonly retries: number
  readonly timeoutMs: number
  readonly maxAhead: number
  readonly maxParkedPercent?: number
  readonly maxErrorPercent?: number
  /** Address without credentials, or `file:PATH`; absent: the run's folder. */
  readonly park?: string
  readonly rate?: Rate
  readonly pace?: NonNullable<FanoutPlan['pace']>
  readonly consumersStopped: boolean
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
