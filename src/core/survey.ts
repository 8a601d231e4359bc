import type { Mark } from './event.js'

/** A number that may be only an upper or lower bound; `why` says so in words for the reader. */
export type Estimate = { readonly value: number; readonly bound?: 'upper' | 'lower'; readonly why?: string }

/**
 * A range with the thing that limits it by name; `high` absent means "never". Seconds. `verdict` is there where the
 * range is not the whole truth: with `never` and `unknown`, `low` is 0 and means nothing.
 */
export type Eta = {
  readonly low: number
  readonly high?: number
  readonly binding: string
  readonly verdict?: 'never' | 'unknown'
}

/** Messages a second over a window; `low` and `high` are one standard error either side of the mean. */
export type MeasuredRate = { readonly mean: number; readonly low: number; readonly high: number }

/** One lane of the backlog. Marks are offsets in decimal. */
export type LaneView = {
  readonly lane: string
  readonly leader: number
  readonly leaderEpoch: number
  /** First offset that the log still holds. */
  readonly start: Mark
  /** What the group committed; absent where it never did. */
  readonly committed?: Mark
  readonly committedMetadata?: string
  readonly end: Mark
  /** Last stable offset: what a read_committed reader may read up to. */
  readonly stableEnd: Mark
  /** Messages unread: end − position; an upper bound where offsets have holes. */
  readonly lag: bigint
  readonly lagIsUpperBound: boolean
  /** Bytes of the partition's log on its leader, where DescribeLogDirs gives it. */
  readonly logBytes?: bigint
  /** Timestamp of the first unread record, read from the record itself; ISO 8601. */
  readonly oldestAt?: string
  readonly oldestAgeSeconds?: number
  /** A second, over the window. */
  readonly growth: number
  readonly service: number
  /** The same with their spread. */
  readonly growthRate?: MeasuredRate
  readonly serviceRate?: MeasuredRate
  /** Messages by which the committed offset lies beyond the end of the log; lag is 0 then, and nothing is known. */
  readonly beyondEnd?: bigint
  /** Why the lag is only an upper bound. */
  readonly holes?: readonly string[]
  /** Timestamp of the last record that the group has read; ISO 8601. */
  readonly lastReadAt?: string
  /** Seconds until the first unread record may be deleted if nothing is read, at the earliest, and which rule does it. */
  readonly firstLoss?: { readonly seconds: number; readonly by: 'time' | 'size' }
  /** Messages already deleted unread: start − committed where start is beyond the commit. */
  readonly lostAlready: bigint
}

export type Member = {
  readonly id: string
  readonly clientId: string
  readonly host: string
  /** Topics that it subscribed to or was assigned, where the protocol tells. */
  readonly topics?: readonly string[]
}

/** State of a consumer group as the newest protocol that knows it tells it. */
export type GroupView = {
  readonly id: string
  readonly exists: boolean
  readonly protocol: 'classic' | 'consumer' | 'share' | 'streams' | 'unknown' | 'none'
  /** The broker's word: Empty, Stable, Dead, PreparingRebalance, Assigning… */
  readonly state: string
  readonly protocolType: string
  readonly members: readonly Member[]
  /** Idle, live, or not provable. Unsure means refuse. */
  readonly verdict: 'idle' | 'live' | 'unsure'
  readonly coordinator: number
}

export type BrokerDisk = {
  readonly node: number
  readonly freeBytes?: bigint
  readonly totalBytes?: bigint
  readonly usedByTopic: bigint
}

export type KeySkew = {
  readonly sampled: number
  readonly nullKeys: number
  /** Hottest first; `key` printable, bytes that are not UTF-8 as hex. `share` of the sample, 0–1. */
  readonly hottest: readonly {
    readonly key: string
    readonly share: number
    readonly lane: string
    /** Estimate of its unread messages: the share of each lane's sample times that lane's lag. */
    readonly messages?: number
  }[]
  /** Average bytes of a record as stored (compressed share of its batch), and uncompressed. */
  readonly storedBytes: number
  readonly rawBytes: number
  readonly codecs: Readonly<Record<string, number>>
  /** Average records a batch: one-record batches cost the broker most. */
  readonly recordsPerBatch: number
  /** Records whose size is at or above the topic's max.message.bytes once uncompressed. */
  readonly oversize: number
  readonly transactional: boolean
  readonly logAppendTime: boolean
  /** Uncompressed bytes of the largest record sampled. */
  readonly largest?: number
  /** Sampled records whose timestamp is -1, or ahead of this machine's clock by more than a minute. */
  readonly withoutTimestamp?: number
  readonly inTheFuture?: number
  /** What could not be sampled, and why. */
  readonly notSampled?: readonly string[]
}

export type TopicView = {
  readonly name: string
  readonly id: string
  readonly partitions: number
  readonly replication: number
  readonly minInsync: number
  /** Settings that matter to a drain, with their effective values. */
  readonly settings: Readonly<Record<string, string>>
  readonly underReplicated: readonly string[]
  readonly offline: readonly string[]
}

export type HangingTransaction = {
  readonly lane: string
  readonly producerId: string
  readonly transactionalId?: string
  readonly startedAt?: string
}

/** What a claim names in place of a temporary topic, where the run works the source itself. */
export const NO_TEMPORARY_TOPIC = '-'

/** The claim of a run on a group, read from its commits' metadata. `topic` is its temporary topic, or `NO_TEMPORARY_TOPIC`. */
export type Claim = {
  readonly run: string
  readonly topic: string
  readonly host: string
  readonly lanes: readonly string[]
}

export type WayOut = {
  readonly name: 'wait' | 'fanout' | 'drain' | 'skip-and-replay'
  readonly title: string
  readonly eta: Eta
  /** Seconds until newly arriving messages are handled without delay again; absent where unknown or never. */
  readonly freshAfterSeconds?: number
  /** The first unread message may be deleted before this way has handled the backlog. */
  readonly losesFirst?: boolean
  /** The command to type next. */
  readonly command: string
  readonly costs: readonly string[]
}

/** Everything that a survey reads; nothing in it changes the cluster. */
export type Survey = {
  readonly version: 1
  readonly source: string
  readonly measuredAt: string
  readonly windowSeconds: number
  readonly clusterId: string
  readonly clusterName?: string
  readonly production: boolean
  readonly brokers: readonly { readonly node: number; readonly host: string; readonly port: number }[]
  readonly brokerVersionHint: string
  readonly topic: TopicView
  readonly group: GroupView
  readonly lanes: readonly LaneView[]
  readonly total: {
    readonly lag: bigint
    readonly lagIsUpperBound: boolean
    readonly growth: number
    readonly service: number
    readonly growthRate?: MeasuredRate
    readonly serviceRate?: MeasuredRate
    readonly oldestAt?: string
    readonly oldestAgeSeconds?: number
    /** Lanes on which the group never committed, or whose commit has expired. */
    readonly lanesWithoutCommit?: number
    readonly firstLossSeconds?: number
    readonly lostAlready: bigint
    readonly bytes?: bigint
  }
  /** Offsets that moved in the window although the group shows no members. */
  readonly movesWithoutMembers: readonly string[]
  /** When the group's offsets expire at the latest, for an empty group; ISO 8601; absent when live or unknown. */
  readonly offsetsExpireAt?: string
  /** The earliest that they may expire; absent where nothing bounds it from below. ISO 8601. */
  readonly offsetsExpireEarliest?: string
  readonly offsetsRetentionMinutes?: number
  /** Every other topic that this group has committed on: they stop too. */
  readonly otherTopics: readonly string[]
  /** Other groups with commits on this topic. */
  readonly otherGroups: readonly string[]
  /** Groups of the cluster that were not asked, because there are more than the bound. */
  readonly groupsNotAsked?: number
  readonly disks: readonly BrokerDisk[]
  readonly skew?: KeySkew
  readonly hanging: readonly HangingTransaction[]
  readonly claim?: Claim
  /** Temporary topics of this source that exist on the cluster already. */
  readonly temporaryTopics: readonly string[]
  /** How many replicas each broker leads or holds, for the partition limits. */
  readonly partitionsByBroker: Readonly<Record<string, number>>
  /** Cluster settings that bound a drain (transaction state replication, size limits, auto-create…). */
  readonly clusterSettings: Readonly<Record<string, string>>
  readonly waysOut: readonly WayOut[]
  readonly warnings: readonly string[]
}

/** What a broker adapter measures: a survey before anybody has judged the ways out of it. */
export type Backlog = Omit<Survey, 'waysOut'>
