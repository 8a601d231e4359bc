import type { FanoutLane } from './fanout-plan.js'
import type { GaugeLimits } from './gauges.js'
import type { MissingFrom } from './missing-from.js'
import type { PLAN_VERSION, Rate, Step } from './plan.js'
import type { PlannedMap } from './row-mapping.js'
import type { RowsAsked } from './rows-asked.js'
import type { NightWindow } from './window.js'

/** Where the messages of a replay come from. */
export type ReplayFrom =
  | {
      readonly kind: 'archive' | 'parked'
      readonly run: string
      /** Which of its messages alone, by their keys; absent: all. */
      readonly missing?: MissingFrom
    }
  | RowsFrom
  /** A dead-letter topic or queue: what was there at the start, and no more. Address without credentials. */
  | { readonly kind: 'dead-letters'; readonly address: string; readonly system: 'kafka' | 'rabbitmq' }

/** Rows of a database or a file. Address without credentials; `user` logs in there, and is empty where a named database tells it. */
export type RowsFrom = {
  readonly kind: 'rows'
  readonly address: string
  readonly user: string
  readonly rows: RowsAsked
  /** What becomes of a row; absent: key and JSON of the row. */
  readonly map?: PlannedMap
  /** Which of them alone; absent: all. */
  readonly missing?: MissingFrom
  /** A page that takes longer is given up; absent: 30 s. */
  readonly statementMs?: number
  /** Of a file, how it was when the plan was drawn: bytes, and milliseconds since the epoch. */
  readonly file?: { readonly bytes: number; readonly modified: number }
}

/** Which of them; all that is given must hold. Times are ISO 8601 in UTC, half-open. */
export type ReplayFilter = {
  readonly from?: string
  readonly to?: string
  readonly keys?: readonly string[]
  readonly ids?: readonly string[]
}

/** Hours of a nightly replay. `night` is the date on which this one's opened; `job` is the same for the same command every night. */
export type PlannedWindow = NightWindow & { readonly night: string; readonly job: string }

/** A replay, as reviewed and journalled. Pure data. */
export type ReplayPlan = {
  readonly kind: 'replay'
  /** Of the target. Where that is `origin`, of what the messages came from. */
  readonly system: 'kafka' | 'rabbitmq'
  readonly version: typeof PLAN_VERSION
  readonly run: string
  /** ISO 8601. */
  readonly plannedAt: string
  /** `archive:RUN`, `parked:RUN` or an address without credentials. */
  readonly source: string
  /** Address without credentials, or `origin`: each goes back where it came from. */
  readonly target: string
  readonly from: ReplayFrom
  readonly filter?: ReplayFilter
  /** What is connected to, without credentials: the target, or of `origin` what the messages came from. */
  readonly place: string
  /** RabbitMQ: who logs in there, without the password; absent for the guest, and where a named cluster tells it. */
  readonly user?: string
  /** Folder of the archive, absolute. */
  readonly archive?: string
  /** Kafka: partitions of what the messages came from; with as many at the target each keeps its own. */
  readonly sourcePartitions?: number
  /** Kafka, transactions: the topic that the position is committed for, with its partitions. */
  readonly anchor?: { readonly topic: string; readonly partitions: number }
  /** Messages that the archive has beyond those that were let go: they may be in it twice, or still at the source. */
  readonly doubted?: bigint
  /** Cluster id (Kafka) or cluster name (RabbitMQ) of the target. */
  readonly clusterId: string
  /** Kafka, dead letters: group whose offsets say what is settled. */
  readonly group?: string
  /** Lanes of the source; `from` and `to` are marks of it. */
  readonly lanes: readonly FanoutLane[]
  /** Kafka target: in transactions that hold the position (default), or idempotently with the position in the journal. */
  readonly guarantee: 'transactions' | 'idempotent' | 'confirms'
  /** Add headers that say where a message comes from and how often it was replayed. */
  readonly provenance: boolean
  /** A message that was replayed this often is parked instead of sent again. */
  readonly maxReplays: number
  readonly rate?: Rate
  /** Works only in these hours. */
  readonly window?: PlannedWindow
  /** Holds while one of these is not well. */
  readonly gauges?: GaugeLimits
  readonly expect: {
    readonly messages: bigint
    readonly messagesIsUpperBound: boolean
    /** Counting took too long: `messages` says nothing but that there may be some. */
    readonly messagesIsUnknown?: boolean
    readonly bytes: bigint
  }
  readonly steps: readonly Step[]
  /** In words. */
  readonly duplicatesAtMost: string
  readonly warnings: readonly string[]
  /** What would make `--execute` refuse now. */
  readonly refusals: readonly string[]
  readonly digest: string
}
