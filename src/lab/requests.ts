import type { KafkaAddress, Place, QueueAddress } from '../core/address.js'
import type { FillRequest } from './fill/request.js'
import type { KafkaVersion, SaslMechanism } from './kafka/options.js'
import type { QueueFillRequest } from './rabbitmq/fill/request.js'

/** Name of the lab where `--name` was not given. */
export const DEFAULT_NAME = 'lab'

/** Brokers that a rehearsal can be played on. */
export const BROKERS = ['kafka', 'rabbitmq'] as const

/** What a rehearsal can be about. */
export const SCENARIOS = ['backlog', 'ttl', 'full'] as const

/** Servers that the lab can start. */
export const SERVICES = [...BROKERS, 'postgres', 'mysql'] as const
export type Service = (typeof SERVICES)[number]

/** Codecs of `lab fill`; `mixed` changes from batch to batch. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd', 'mixed'] as const

/** What `lab up` was asked for. */
export type UpRequest = {
  readonly services: readonly Service[]
  readonly name: string
  readonly brokers: 1 | 3
  readonly version: KafkaVersion
  /** Absent: whichever RabbitMQ the machine has. */
  readonly rabbitVersion?: '4'
  readonly sasl?: SaslMechanism
  readonly tls: boolean
  readonly acl: boolean
  /** As `-Xmx` takes it. */
  readonly heap?: string
}

export type DownRequest = { readonly name: string }

/** The records that `lab fill` makes; where they go stands beside. */
export type Backlog = Omit<FillRequest, 'settings' | 'topic'>

/** What `lab fill` was asked to put into a topic. */
export type LabFillRequest = {
  /** Lab to fill where there is no `place`. */
  readonly name: string
  readonly place?: Place<KafkaAddress>
  readonly topic: string
  readonly backlog: Backlog
}

/** The messages that `lab fill` makes for a queue. */
export type QueueBacklog = Omit<QueueFillRequest, 'settings' | 'queue'>

/** What `lab fill` was asked to put into a queue. */
export type QueueLabFillRequest = {
  readonly system: 'rabbitmq'
  /** Lab to fill where there is no `place`. */
  readonly name: string
  readonly place?: Place<QueueAddress>
  readonly queue: string
  readonly backlog: QueueBacklog
}
