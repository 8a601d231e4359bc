import type { Order, Rate, Until } from '../../../core/plan.js'
import type { QueueKey, QueuePlan, QueueType } from '../../../core/queue-plan.js'

/** What the operator chose for the drain of a queue. Absent fields take the defaults that their comments name. */
export type QueueDrainOptions = {
  /** Id of the run, given by the caller; becomes part of the temporary queues' names. */
  readonly run: string
  readonly now: Date
  /** Temporary queues: 10 unless this or `lanes` is given. A queue is one lane, so both mean the same. */
  readonly factor?: number
  readonly lanes?: number
  /** `key` with a key, else `none`; a single-active-consumer queue must choose. */
  readonly order?: Order
  readonly key?: QueueKey
  /** `now` unless given. */
  readonly until?: Until
  readonly rate?: Rate
  /** Canary: stop after this many messages. */
  readonly first?: number
  /** 20 unless given. */
  readonly maxDriftPercent?: number
  readonly consumersStopped?: boolean
  /** `lanes-first` unless given. */
  readonly cutOver?: QueuePlan['cutOver']
  /** What the source is, where the management API can't tell; `classic` unless given. */
  readonly queueType?: QueueType
}
