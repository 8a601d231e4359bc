import type { CodecName } from '../../brokers/kafka/records/codec/codec.js'
import type { KafkaSettings } from '../../brokers/kafka/settings.js'

/** The backlog that is wanted; only `settings`, `topic` and `records` have no default. Shares are 0 to 1. */
export type FillRequest = {
  readonly settings: KafkaSettings
  readonly topic: string
  /** Data records that committed readers will see; aborted ones come on top. */
  readonly records: number
  /** Of a topic that is made; 3. An existing topic keeps its own. */
  readonly partitions?: number
  /** Whether a missing topic is made; true. */
  readonly create?: boolean
  /** Of a topic that is made; 1. */
  readonly replication?: number
  /** Settings of a topic that is made, over those of `compacted`. */
  readonly topicSettings?: Readonly<Record<string, string>>
  /** Make the topic compacted, so that offsets have holes soon. */
  readonly compacted?: boolean
  /** Bytes of a value, its 12-digit number included; 1024, at least 12. */
  readonly size?: number
  /** `fixed`, or `lognormal` around `size` (σ 0.5, at most 8 times). */
  readonly sizes?: 'fixed' | 'lognormal'
  /** Distinct keys; 100,000. */
  readonly keys?: number
  /** Exponent of Zipf's law over the keys: 0 is uniform, 1 the usual skew; 0.9. */
  readonly zipf?: number
  readonly nullKeys?: number
  readonly emptyKeys?: number
  /** Tombstones: records without a value, and so without a number. */
  readonly nullValues?: number
  /** Most headers of a record; 0 to this many, awkward ones among them; 1. */
  readonly headers?: number
  /** `mixed` changes it from batch to batch; none. */
  readonly codec?: CodecName | 'mixed'
  /** Bytes of a batch before compression, or `single` for a record each, as linger 0 makes them; 16 KiB. */
  readonly batch?: number | 'single'
  /** The timestamps run from this many milliseconds ago until now; 0: all are now. */
  readonly spreadMs?: number
  /** Commits offsets for this group at `readShare` of each partition, without joining it. */
  readonly group?: string
  readonly readShare?: number
  /** Write in transactions of about this many records; absent: none. */
  readonly transactions?: number
  /** Share of the transactions that are aborted. */
  readonly aborts?: number
  /** Same seed, same multiset of keys, values, headers and timestamps relative to now; 1. */
  readonly seed?: number
}

/** What was made. `bytes` are batch bytes as sent. */
export type FillReport = {
  readonly topic: string
  readonly partitions: number
  /** Written, aborted ones included. */
  readonly records: number
  readonly committedRecords: number
  readonly abortedRecords: number
  readonly bytes: number
  readonly seconds: number
  readonly recordsPerSecond: number
  readonly group?: string
  readonly seed: number
}

/** A request with nothing left open. */
export type Recipe = Required<Omit<FillRequest, 'group' | 'transactions'>> & {
  readonly group: string | undefined
  /** Records of a transaction; 0: no transactions. */
  readonly transactions: number
}

/** Fills in the defaults. */
export const withDefaults = (request: FillRequest): Recipe => ({
  partitions: 3,
  create: true,
  replication: 1,
  topicSettings: {},
  compacted: false,
  size: 1024,
  sizes: 'fixed',
  keys: 100_000,
  zipf: 0.9,
  nullKeys: 0,
  emptyKeys: 0,
  nullValues: 0,
  headers: 1,
  codec: 'none',
  batch: 16 * 1024,
  spreadMs: 0,
  readShare: 0,
  aborts: 0,
  seed: 1,
  ...request,
  group: request.group,
  transactions: request.transactions ?? ((request.aborts ?? 0) > 0 ? 10_000 : 0),
})
