import type { Mark } from './event.js'
import type { PLAN_VERSION, Rate, Step } from './plan.js'
import type { QueueType } from './queue-plan.js'

/** How a message is handled, as the plan keeps it. Never with a password: an address or URL that had one is connected again with it given anew. */
export type HandlerPlan =
  | { readonly kind: 'exec' | 'worker'; readonly command: string }
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'module'; readonly file: string }
  | { readonly kind: 'to'; readonly address: string }

/** What may be in flight together. `key`: one message of a key at a time. `lane`: one of a lane. `none`: anything. */
export type WorkOrder = 'key' | 'lane' | 'none'

export type FanoutLane = {
  readonly lane: string
  /** Position of the group (Kafka), `0` on RabbitMQ. */
  readonly from: Mark
  /** Where it ends: the last stable offset, or the number of messages of a queue. */
  readonly to: Mark
  readonly messages: bigint
}

/** A fan-out, as reviewed and journalled: what reads, what handles, how many at once. Pure data. */
export type FanoutPlan = {
  readonly kind: 'fanout'
  readonly system: 'kafka' | 'rabbitmq'
  readonly version: typeof PLAN_VERSION
  readonly run: string
  readonly plannedAt: string
  /** Address of what is read, without credentials: the temporary topic or queues, or the source itself. */
  readonly source: string
  /** The handler in one line: `exec:./handle.sh`, `http://…`, `kafka://…/TOPIC`. */
  readonly target: string
  /** `lanes`: of a drain's temporary topic or queues. `source`: a fixed range of the source itself. */
  readonly reads: 'lanes' | 'source'
  /** The drain whose lanes these are, where it is known here. */
  readonly of?: string
  /** Cluster id (Kafka) or cluster name (RabbitMQ). */
  readonly clusterId: string
  /** Topic, or the queue that was drained or is worked. */
  readonly topic: string
  readonly topicId?: string
  readonly vhost?: string
  /** RabbitMQ: who logs in at that address, without the password; absent for the guest, and where a named cluster tells it. */
  readonly user?: string
  /** Kafka: group whose offsets move. */
  readonly group?: string
  readonly lanes: readonly FanoutLane[]
  /** RabbitMQ: the queue of each lane, in lane order. */
  readonly laneQueues?: readonly string[]
  /** RabbitMQ: what the queues are, where that is known. */
  readonly queueType?: QueueType
  /** RabbitMQ source: it delivers to one consumer at a time. */
  readonly singleActiveConsumer?: boolean
  /** RabbitMQ source, quorum: deliveries of one message before the server drops or dead-letters it, and what sets it. */
  readonly deliveryLimit?: { readonly limit: number; readonly by: string }
  /** RabbitMQ: what the key of a message is. */
  readonly key?: string
  readonly handler: HandlerPlan
  readonly order: WorkOrder
  readonly workers: number
  readonly concurrency: number
  readonly retries: number
  /** Milliseconds that one try of one message may take. */
  readonly timeoutMs: number
  readonly maxAhead: number
  /** Percent of what was read, from which the run stops; absent: never. */
  readonly maxParkedPercent?: number
  /** Percent of failed tries from which it holds until one does well again; absent: only where what the handler stands on is away. */
  readonly maxErrorPercent?: number
  /** Address or `file:PATH`; absent: `parked.ndjson` in the run's folder. */
  readonly park?: string
  readonly rate?: Rate
  readonly pace?: { readonly targetLatencyMs?: number; readonly minRate?: number; readonly maxRate?: number }
  readonly consumersStopped: boolean
  readonly expect: { readonly messages: bigint; readonly bytes: bigint }
  readonly steps: readonly Step[]
  readonly stopCommands: readonly string[]
  readonly duplicatesAtMost: string
  readonly warnings: readonly string[]
  /** What would make `--execute` refuse now. */
  readonly refusals: readonly string[]
  readonly digest: string
}
