import type { RabbitSettings } from '../../../brokers/rabbitmq/settings.js'
import type { QueueType } from '../../../core/queue-plan.js'

/** The queue to fill. What has no default is not set on a queue that is made; a queue that is there keeps its own. */
export type QueueShape = {
  /** Whether a missing queue is made; true. */
  readonly create?: boolean
  /** Of a queue that is made; classic. */
  readonly queueType?: QueueType
  /** x-message-ttl, milliseconds. */
  readonly ttlMs?: number
  /** x-max-length, messages. */
  readonly maxLength?: number
  /** x-max-priority; messages then have priorities from 0 to this. */
  readonly maxPriority?: number
  /** x-dead-letter-exchange. */
  readonly deadLetterExchange?: string
  /** Further arguments of the queue. */
  readonly arguments?: Readonly<Record<string, string | number | boolean>>
}

/** The backlog that is wanted; only `settings`, `queue` and `messages` have no default. Shares are 0 to 1. */
export type QueueFillRequest = QueueShape & {
  readonly settings: RabbitSettings
  readonly queue: string
  readonly messages: number
  /** Bytes of a body, 0 to 16 MiB; from 12 on it begins with its 12-digit number; 1024. */
  readonly size?: number
  /** `fixed`; `lognormal` around `size` (σ 0.5, at most 8 times); `spread`: from 0 B to `size`, each magnitude as often; fixed. */
  readonly sizes?: 'fixed' | 'lognormal' | 'spread'
  /** Distinct keys, each the routing key and the header `key` of its messages; 100,000. */
  readonly keys?: number
  /** Exponent of Zipf's law over the keys: 0 is uniform; 0.9. */
  readonly zipf?: number
  /** Messages with an empty routing key and no header `key`. */
  readonly nullKeys?: number
  /** `none`, the `key` alone, or `all`: the key and a header of every AMQP type; key. */
  readonly headers?: 'none' | 'key' | 'all'
  /** Property expiration of every message, milliseconds. */
  readonly expirationMs?: number
  /** Sets the property user-id, to the user of the connection; false. */
  readonly userId?: boolean
  /** The timestamps run from this many milliseconds ago until now; 0: all are now. */
  readonly spreadMs?: number
  /** Same seed, same bodies, keys, headers and properties; timestamps are relative to now; 1. */
  readonly seed?: number
}

/** What was made. `bytes` are those of the bodies. */
export type QueueFillReport = {
  readonly vhost: string
  readonly queue: string
  /** Published and confirmed. */
  readonly messages: number
  readonly bytes: number
  readonly seconds: number
  readonly messagesPerSecond: number
  readonly seed: number
}

/** A request with nothing left open but what a queue need not have. */
export type QueueRecipe = Required<Omit<QueueFillRequest, OptionalOfQueue>> & Pick<QueueFillRequest, OptionalOfQueue>
type OptionalOfQueue =
  | 'queueType'
  | 'ttlMs'
  | 'maxLength'
  | 'maxPriority'
  | 'deadLetterExchange'
  | 'arguments'
  | 'expirationMs'

/** Fills in the defaults. */
export const withQueueDefaults = (request: QueueFillRequest): QueueRecipe => ({
  create: true,
  size: 1024,
  sizes: 'fixed',
  keys: 100_000,
  zipf: 0.9,
  nullKeys: 0,
  headers: 'key',
  userId: false,
  spreadMs: 0,
  seed: 1,
  ...request,
})
