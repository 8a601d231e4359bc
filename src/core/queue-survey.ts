import type { NodeRoom, QueueArguments, QueueType } from './queue-plan.js'
import type { MeasuredRate, WayOut } from './survey.js'

/** One effective setting and what sets it: `argument x-message-ttl`, `policy NAME`, `operator policy NAME`, a default. */
export type Setting<T> = { readonly value: T; readonly by: string }

/** What is in force on a queue after arguments, policy and operator policy are merged. Absent: not set, or unknown. */
export type QueueSettings = {
  /** Milliseconds that a message may wait. */
  readonly messageTtl?: Setting<number>
  /** Milliseconds without consumers after which the queue itself is deleted. */
  readonly expires?: Setting<number>
  readonly maxLength?: Setting<number>
  readonly maxLengthBytes?: Setting<number>
  readonly overflow?: Setting<string>
  readonly deadLetterExchange?: Setting<string>
  readonly deadLetterRoutingKey?: Setting<string>
  /** Deliveries of one message before it is dropped or dead-lettered (quorum queues). */
  readonly deliveryLimit?: Setting<number>
  /** Milliseconds that a consumer may take to ack. */
  readonly consumerTimeout?: Setting<number>
  readonly maxPriority?: Setting<number>
  readonly singleActiveConsumer?: Setting<boolean>
}

/** Somebody who reads the queue. Without the management API only their count is known. */
export type QueueConsumer = {
  readonly tag: string
  /** The connection's name as the server lists it: `10.0.0.7:41234 -> 10.0.0.2:5672`. */
  readonly connection: string
  readonly host: string
  readonly user?: string
  readonly prefetch?: number
  /** Of a single-active-consumer queue: the one that gets messages. */
  readonly active?: boolean
  readonly exclusive?: boolean
}

/** A policy, or an operator policy, of the virtual host, as it is defined: whatever it matches. */
export type QueuePolicy = {
  readonly name: string
  readonly operator: boolean
  /** A Perl regular expression, not anchored. */
  readonly pattern: string
  /** `queues`, `all`, `classic_queues`, `quorum_queues`, `exchanges`, `streams`. */
  readonly applyTo: string
  readonly priority: number
  readonly definition: QueueArguments
}

/** One node of the cluster, with its alarms. Bytes. */
export type QueueNode = Omit<NodeRoom, 'diskNeed' | 'diskBound'> & {
  readonly running: boolean
  readonly memoryAlarm: boolean
  readonly diskAlarm: boolean
  /** Nodes that it does not see: a split cluster. */
  readonly partitions: readonly string[]
}

/** The queue itself. */
export type QueueView = {
  readonly name: string
  /** `unknown` where only AMQP was there to tell. */
  readonly type: QueueType | 'stream' | 'unknown'
  readonly durable?: boolean
  /** It belongs to one connection; nobody else may read it. */
  readonly exclusive?: boolean
  readonly autoDelete?: boolean
  /** The server's word: `running`, `down`, `minority`, `flow`, `crashed`. */
  readonly state?: string
  /** Where its leader is. */
  readonly node?: string
  readonly members?: readonly string[]
  readonly online?: readonly string[]
  readonly arguments?: QueueArguments
  readonly policy?: string
  readonly operatorPolicy?: string
  /** Policies in force on it, merged. */
  readonly definition?: QueueArguments
  readonly settings: QueueSettings
  readonly bindings?: readonly { readonly exchange: string; readonly routingKey: string }[]
}

/** When something may happen, as a range of seconds from now, and what does it; `high` absent: maybe never. */
export type Forecast = { readonly low: number; readonly high?: number; readonly by: string; readonly what: string }

/** Whether the management API answered; without it, what is missing. */
export type ManagementView =
  | { readonly available: true; readonly url: string }
  | { readonly available: false; readonly url: string; readonly why: string; readonly missing: readonly string[] }

/** How much is stuck, and how it moves. Rates in messages a second. */
export type QueueTotal = {
  readonly ready: bigint
  /** Delivered and not acked; absent without the management API. */
  readonly unacked?: bigint
  readonly growth: number
  readonly service: number
  readonly growthRate: MeasuredRate
  readonly serviceRate: MeasuredRate
  /** What growth and service were measured over: the server's own samples are 5 s apart, so more than a short window. */
  readonly rateSeconds: number
  /**
   * The server's samples reach back beyond the window and contradict what the counts did in it, as after a fill or a restart of consumers:
   * nothing is promised from these rates. Absent otherwise.
   */
  readonly ratesAreYoung?: true
  /** `net`: only the change of the count is known, so growth and service are lower bounds. */
  readonly rates: 'measured' | 'net'
  /** Change of the ready messages a second; negative where they get fewer. */
  readonly net: number
  /** Bytes of the bodies of ready messages. */
  readonly bytes?: bigint
  readonly averageBytes?: number
  /** ISO 8601, from the timestamp property of the head, where its publisher set one. */
  readonly oldestAt?: string
  readonly oldestAgeSeconds?: number
  /** When the first ready message may expire, or the queue itself. */
  readonly firstExpiry?: Forecast
  /** When the queue reaches its length limit, and what happens then. */
  readonly full?: Forecast
}

/** Everything that a survey of a queue reads; nothing in it changes the server, nothing is consumed. */
export type QueueSurvey = {
  readonly version: 1
  readonly system: 'rabbitmq'
  /** Address without credentials. */
  readonly source: string
  /** ISO 8601. */
  readonly measuredAt: string
  readonly windowSeconds: number
  readonly clusterName: string
  readonly serverVersion: string
  readonly production: boolean
  readonly vhost: string
  readonly user: { readonly name: string; readonly tags?: readonly string[] }
  readonly management: ManagementView
  readonly queue: QueueView
  readonly consumerCount: number
  /** Who they are; empty without the management API, or where it has not seen them yet. */
  readonly consumers: readonly QueueConsumer[]
  /** Messages were fetched within the window although no consumer is there: somebody polls with basic.get. */
  readonly pollers: boolean
  /** Idle, live, or not provable. */
  readonly verdict: 'idle' | 'live' | 'unsure'
  readonly total: QueueTotal
  readonly nodes: readonly QueueNode[]
  /** Policies of the virtual host that may apply to queues or exchanges; absent where they can't be read. */
  readonly policies?: readonly QueuePolicy[]
  /** Most queues that the virtual host may have, and how many it has. */
  readonly queueLimit?: { readonly limit: number; readonly now: number }
  /** Temporary queues of this source that exist already. */
  readonly temporaryQueues: readonly { readonly name: string; readonly messages: bigint }[]
  /** Another run holds the lock queue; `by` is its connection, where known. */
  readonly lock?: { readonly queue: string; readonly by?: string }
  readonly waysOut: readonly WayOut[]
  readonly warnings: readonly string[]
}

/** What the adapter measures: a survey before anybody has judged the ways out of it. */
export type QueueBacklog = Omit<QueueSurvey, 'waysOut'>
