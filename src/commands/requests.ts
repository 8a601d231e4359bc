import type { DatabasePlace } from '../core/address/database.js'
import type { Place } from '../core/address.js'
import type { DiscardScope } from '../core/discard-plan.js'
import type { FanoutPlan, HandlerPlan, WorkOrder } from '../core/fanout-plan.js'
import type { Guarantee, Order, Rate, Until } from '../core/plan.js'
import type { QueueKey, QueueType } from '../core/queue-plan.js'
import type { NightWindow } from '../core/window.js'
import type { NightAsked } from './night-flags.js'
import type { ReplayOf } from './replay-of.js'

/** What every verb may be given. */
export type Common = {
  /** Without it nothing changes (promise P1). */
  readonly execute: boolean
  /** Answers "go on?". */
  readonly yes: boolean
  /** Kept in the journal. */
  readonly reason?: string
  /** Milliseconds to poll until a refusal that may clear by itself has cleared; 0 refuses at once. */
  readonly waitMs: number
  /** Path given with `--config`. */
  readonly config?: string
}

/** Addresses given again, for their credentials. */
export type Again = {
  readonly source?: Place
  /** `--source`, where that is a database. */
  readonly database?: DatabasePlace
  readonly target?: Place
  /** Address of RabbitMQ's management API, where it is not on the usual port. */
  readonly management?: string
}

export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

export type SurveyRequest = Common & {
  /** At least one; each has topic and group, or is a queue. */
  readonly sources: readonly Place[]
  readonly watch: boolean
  readonly windowMs: number
  /** Records sampled for key skew, at most. */
  readonly sample: number
  /** Messages a second that the repaired consumers handle together: a stopped group shows none. */
  readonly serviceRate?: number
  /** Messages a second that the systems behind the handler bear; unknown when absent. */
  readonly downstreamCap?: number
  /** Address of RabbitMQ's management API, where it is not on the usual port. */
  readonly management?: string
}

export type DrainRequest = Common & {
  /** Has topic and group, or is a queue. */
  readonly source: Place
  /** Lanes per source partition, or for the queue; 10 unless `lanes` is given. */
  readonly factor?: number
  /** Lanes in all. */
  readonly lanes?: number
  /** Absent: `key`, but of a queue only with a `key`. */
  readonly order?: Order
  /** What chooses the lane of a message of RabbitMQ. */
  readonly key?: QueueKey
  /** What the source queue is, where no management API tells. */
  readonly queueType?: QueueType
  readonly until: Until
  /** Another cluster or topic; absent makes the temporary topic on the source's cluster. */
  readonly to?: Place
  /** Canary: stop after this many messages. */
  readonly first?: number
  /** File that the plan is saved to. */
  readonly save?: string
  /** Absent: transactions within a cluster, counting to another. */
  readonly exactlyOnce?: Guarantee
  readonly compress?: Codec
  readonly consumersStopped: boolean
  readonly cutOver: 'lanes-first' | 'fresh-first'
  /** Free bytes by broker node, where the brokers do not say. */
  readonly diskFree: ReadonlyMap<number, bigint>
  readonly rate?: Rate
  readonly maxDriftPercent: number
  readonly takeOver: boolean
  /** Group that will work the lanes, instead of `spillway.RUN`. */
  readonly lanesGroup?: string
  /** Address of RabbitMQ's management API, where it is not on the usual port. */
  readonly management?: string
}

/** Who handles messages; of a pass-through, the place with its credentials. */
export type HandlerRequest = Exclude<HandlerPlan, { kind: 'to' }> | { readonly kind: 'to'; readonly place: Place }

export type FanoutRequest = Common & {
  /** A run of a drain, or an address with topic and group, or of a queue. */
  readonly of: { readonly run: string } | { readonly place: Place }
  /** Absent only with an `image`, which handles by itself. */
  readonly handler?: HandlerRequest
  /** Absent: one a core for commands of `--exec`, else 1. */
  readonly workers?: number
  /** Messages in flight per worker; absent: 1 for `--exec`, else 16. */
  readonly concurrency?: number
  /** Absent: `key`, but of RabbitMQ only with a key. */
  readonly order?: WorkOrder
  readonly retries: number
  readonly timeoutMs: number
  readonly maxAhead: number
  readonly maxParkedPercent?: number
  readonly maxErrorPercent?: number
  readonly park?: { readonly file: string } | { readonly place: Place }
  readonly rate?: Rate
  readonly pace?: NonNullable<FanoutPlan['pace']>
  /** Group on the lanes, instead of the drain's. */
  readonly group?: string
  /** What the key of a message of a RabbitMQ source is. */
  readonly key?: QueueKey
  readonly consumersStopped: boolean
  readonly takeOver: boolean
  /** `--source` and `--target`, given for their credentials. */
  readonly again?: Again
  readonly management?: string
  /** Print manifests instead of working. */
  readonly as?: 'kubernetes' | 'systemd'
  readonly image?: string
}

export type DiscardRequest = Common & {
  /** Has topic and group, or is a queue. */
  readonly source: Place
  readonly scope: DiscardScope
  readonly maxMessages?: number
  /** Keep what goes: in this folder of archives, or in the run's own where it is absent. */
  readonly archive: { readonly keep: false } | { readonly keep: true; readonly folder?: string }
  /** Kafka: delete the records too, for every group. */
  readonly freeDisk: boolean
  /** Name of what is discarded, typed out. */
  readonly confirm?: string
  /** IANA zone that times are shown in, beside UTC. */
  readonly zone?: string
  readonly rate?: Rate
  readonly consumersStopped: boolean
  readonly takeOver: boolean
  /** Address of RabbitMQ's management API, where it is not on the usual port. */
  readonly management?: string
}

export type ReplayRequest = Common &
  NightAsked & {
    readonly of: ReplayOf
    /** `origin`: each back to where it came from. */
    readonly to: 'origin' | Place
    readonly filter: {
      /** Half-open. */
      readonly from?: Date
      readonly to?: Date
      readonly keys?: readonly string[]
      readonly ids?: readonly string[]
      /** A file with an id a line. */
      readonly idsFile?: string
    }
    /** IANA zone of times that do not say theirs, and of the plan's text. */
    readonly zone: string
    /** Print so many messages, and send nothing. */
    readonly sample?: number
    readonly transactions: boolean
    /** Dead letters: you vouch that nobody else reads them, where the broker cannot tell. */
    readonly consumersStopped: boolean
    /** Absent: of rows yes, of messages no. */
    readonly provenance?: boolean
    readonly maxReplays: number
    readonly rate?: Rate
    /** `--source` and `--target`, given for their credentials. */
    readonly again?: Again
    readonly management?: string
  }

export type ApplyRequest = Common &
  Again & {
    readonly file: string
    readonly rate?: Rate
    /** Absent: as the plan says. */
    readonly maxDriftPercent?: number
    readonly takeOver: boolean
  }

export type RestoreRequest = Common &
  Again & {
    readonly run: string
    readonly undo: boolean
    /** The operator confirms that nobody reads the temporary topic without a group. */
    readonly noGrouplessReaders: boolean
    readonly takeOver: boolean
    /** Group that worked the lanes, instead of the plan's. */
    readonly lanesGroup?: string
    /** Of an undo that moves messages. */
    readonly rate?: Rate
  }

/** Exactly one of `run` and `adopt`. */
export type ResumeRequest = Common &
  Again & {
    readonly run?: string
    /** Has topic and group: carry on the run that claims it, though its folder is lost. */
    readonly adopt?: Place
    readonly afterAbort: boolean
    /** Hold reasons to ignore from now on. */
    readonly ignore: readonly string[]
    /** Absent: as the plan has it; a live run keeps what it has. */
    readonly rate?: Rate
    readonly takeOver: boolean
    /** Hours instead of those of the plan. */
    readonly window?: NightWindow
  }

export type RunsRequest = Common & { readonly cluster?: Place; readonly management?: string }
export type StatusRequest = Common & { readonly run: string }
export type PauseRequest = Common & { readonly run: string }
export type AbortRequest = Common & { readonly run: string }

/** `'unlimited'` takes the limit away. */
export type SetRequest = Common & { readonly run: string; readonly rate: Rate | 'unlimited' }

export type ReportRequest = Common &
  Again & { readonly run: string; readonly verify: boolean; readonly commands: boolean }

export type FailpointsRequest = Common

export type RehearseRequest = Common & {
  readonly scenario: 'backlog' | 'ttl' | 'full'
  readonly broker: 'kafka' | 'rabbitmq'
  readonly records: number
  /** End with a handler that writes to a real PostgreSQL. */
  readonly database: boolean
  /** Leave the lab running afterwards. */
  readonly keep: boolean
}
