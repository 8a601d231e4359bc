import type { KafkaVersion, SaslMechanism } from './kafka/options.js'

/** What `lab up` was asked for. */
export type UpRequest = {
  readonly name: string
  readonly brokers: 1 | 3
  readonly version: KafkaVersion
  readonly sasl?: SaslMechanism
  readonly tls: boolean
  readonly acl: boolean
  /** As `-Xmx` takes it. */
  readonly heap?: string
}

export type DownRequest = { readonly name: string }

/** Name of the lab where `--name` was not given. */
export const DEFAULT_NAME = 'lab'

/** Servers that the lab can start. */
export const SERVICES = ['kafka'] as const
