import type { Place } from '../core/address.js'
import type { Common } from './requests.js'

/** At least one of `ids` and `key`. */
export type LedgerRequest = Common & {
  /** Positions of Kafka, ids of RabbitMQ; each once. */
  readonly ids: readonly string[]
  /** The key of the messages, as text. */
  readonly key?: string
  /** Only runs whose source is, or lies on, this address. */
  readonly source?: Place
}
