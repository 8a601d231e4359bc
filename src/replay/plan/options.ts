import type { FanoutLane } from '../../core/fanout-plan.js'
import type { GaugeLimits } from '../../core/gauges.js'
import type { Rate } from '../../core/plan.js'
import type { PlannedWindow, ReplayFilter, ReplayFrom } from '../../core/replay-plan.js'

/** What is there to be sent again. */
export type SourceLook = {
  /** `archive:RUN`, `parked:RUN` or an address without credentials. */
  readonly source: string
  readonly from: ReplayFrom
  /** Of the broker that the messages came from; `rows` are none yet. */
  readonly system: 'kafka' | 'rabbitmq' | 'rows'
  readonly lanes: readonly FanoutLane[]
  /** Of these how many are what was asked for, where that could be told. */
  readonly matching?: bigint
  /** Lanes may hold less than their marks say (holes, expiry). */
  readonly isUpperBound?: boolean
  /** Counting took too long. */
  readonly isUnknown?: boolean
  /** 0 where unknown. */
  readonly bytes: bigint
  /** Kafka: partitions of what they came from. */
  readonly partitions?: number
  readonly archive?: string
  readonly doubted?: bigint
  /** Kafka, dead letters: group whose offsets say what is settled. */
  readonly group?: string
  /** Where that is said: the cluster that the messages are on. */
  readonly clusterId?: string
  readonly warnings: readonly string[]
}

/** Where they go, as it is now. */
export type TargetLook = {
  readonly system: 'kafka' | 'rabbitmq'
  /** Address without credentials, or `origin`. */
  readonly target: string
  readonly place: string
  readonly user?: string
  readonly clusterId: string
  readonly anchor?: { readonly topic: string; readonly partitions: number }
  readonly warnings: readonly string[]
}

/** What the operator chose. */
export type ReplayOptions = {
  readonly run: string
  readonly now: Date
  readonly filter?: ReplayFilter
  /** Kafka target: false sends idempotently, with the position in the journal. */
  readonly transactions: boolean
  /** Absent: of rows yes, of messages no. */
  readonly provenance?: boolean
  readonly maxReplays: number
  readonly rate?: Rate
  readonly window?: PlannedWindow
  readonly gauges?: GaugeLimits
}

/** What a plan is drawn from. */
export type ReplayLook = {
  readonly source: SourceLook
  readonly target: TargetLook
  /** In words. */
  readonly refusals: readonly string[]
}
