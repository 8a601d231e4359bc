import type { Order, PLAN_VERSION, PlanLane, Rate, Step, Until } from './plan.js'

/** Queue types that a drain can read and make. A stream is neither consumed nor acked away, so it is no source. */
export type QueueType = 'classic' | 'quorum'

/** What chooses a message's lane: its routing key, one header, or one property (`correlation-id`, `type`, …). */
export type QueueKey = 'routing-key' | `header:${string}` | `property:${string}`

/** Arguments of a queue, or the definition of a policy, in JSON's terms: `x-message-ttl: 60000`. */
export type QueueArguments = { readonly [name: string]: string | number | boolean }

/** Room on one node of the cluster when the plan was drawn. Absent numbers are unknown (no management API). Bytes. */
export type NodeRoom = {
  readonly node: string
  readonly memoryUsed?: bigint
  /** At this much memory the node raises its alarm and blocks publishers. */
  readonly memoryLimit?: bigint
  readonly diskFree?: bigint
  /** Under this much free disk the node raises its alarm and blocks publishers. */
  readonly diskLimit?: bigint
  /** What the copy may take on this node: all of it, as lanes may be placed on any. */
  readonly diskNeed: bigint
  /** The most that an execution of this plan may take: free less the limit and a reserve, when it was drawn. */
  readonly diskBound?: bigint
}

/** A drain of a RabbitMQ queue, as reviewed and saved. Pure data: everything that `apply` needs to compare and to run. */
export type QueuePlan = {
  readonly kind: 'drain'
  readonly system: 'rabbitmq'
  readonly version: typeof PLAN_VERSION
  readonly run: string
  /** ISO 8601. */
  readonly plannedAt: string
  /** Address without credentials: amqp://host:5672/VHOST/QUEUE. */
  readonly source: string
  /** Who logs in at that address, without the password; absent for the guest, and where a named cluster tells it. */
  readonly user?: string
  /** Address of the temporary queues without their numbers: amqp://host:5672/VHOST/QUEUE.spill.RUN. */
  readonly target: string
  readonly vhost: string
  readonly queue: string
  readonly queueType: QueueType
  /** `cluster_name` of the server's properties: what tells one cluster from another. */
  readonly clusterName: string
  /** The source's arguments at planning time, compared by apply; absent where only AMQP was there to tell. */
  readonly sourceArguments?: QueueArguments
  /** Names of the policies in force on the source and their merged definition, compared by apply; absent as above. */
  readonly sourcePolicies?: {
    readonly policy?: string
    readonly operatorPolicy?: string
    readonly definition: QueueArguments
  }
  /** One: the lane's name is the queue's. `from` is "0", `to` the captured count of ready messages, `targets` count from 0. */
  readonly lanes: readonly PlanLane[]
  /** Names of the temporary queues, and of the fanout exchange before each: QUEUE.spill.RUN.00 and on. */
  readonly laneQueues: readonly string[]
  /** Arguments to declare the temporary queues with: `x-queue-type`, and `x-max-priority` where the source has it. */
  readonly laneArguments: QueueArguments
  readonly order: Order
  /** There when `order` is `key`. */
  readonly key?: QueueKey
  readonly until: Until
  readonly rate?: Rate
  /** Canary: stop after this many messages. */
  readonly first?: number
  readonly maxDriftPercent: number
  readonly consumersStopped: boolean
  readonly cutOver: 'lanes-first' | 'fresh-first'
  /** The source delivers to one consumer at a time: go on only as the active one and alone. */
  readonly singleActiveConsumer: boolean
  /** Messages in flight between delivery and ack, at most. */
  readonly prefetch: number
  /** The edits. Two properties move to a header, because the copy would be killed or refused with them: x-spillway-expiration, x-spillway-user-id. */
  readonly setAside: {
    readonly expiration: boolean
    /** False for a user with the impersonator tag, whom the server lets publish for others. */
    readonly userId: boolean
    /**
     * Left out: `x-delivery-count` and `x-acquired-count`, which a quorum queue adds to what it delivers again. Absent in earlier plans,
     * which left them out of quorum queues.
     */
    readonly deliveryCounts?: boolean
  }
  /** Quorum queues: deliveries of one message before the server drops or dead-letters it, and what sets it. Absent: none, or unknown. */
  readonly deliveryLimit?: { readonly limit: number; readonly by: string }
  readonly nodes: readonly NodeRoom[]
  readonly expect: {
    readonly messages: bigint
    /** Ready messages may expire or be dropped before they are read. */
    readonly messagesIsUpperBound: boolean
    readonly bytes: bigint
    /** The bytes are a guess: nobody could say how large the messages are. */
    readonly bytesIsGuess: boolean
    readonly copySeconds: readonly [low: number, high: number]
    readonly growthPerSecond: number
    /** Messages that pile up in the source while the lanes are worked off: λ·T. */
    readonly pilesUp: bigint
    /** What T is made of, in words. */
    readonly pilesUpWhile?: string
    readonly binding: string
  }
  /** `rabbitmqctl set_permissions` that lets a user without rights of an administrator run this plan. */
  readonly permissions: readonly string[]
  readonly stopCommands: readonly string[]
  readonly steps: readonly Step[]
  readonly undoPossibleUntil: string
  readonly duplicatesAtMost: string
  readonly warnings: readonly string[]
  /** What would make `--execute` refuse now. */
  readonly refusals: readonly string[]
  /** sha-256 of the canonical JSON of everything above, `sha256:` in front. */
  readonly digest: string
}
