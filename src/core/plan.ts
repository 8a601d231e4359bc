import type { DiscardPlan } from './discard-plan.js'
import type { Mark } from './event.js'
import type { FanoutPlan } from './fanout-plan.js'
import type { QueuePlan } from './queue-plan.js'
import type { ReplayPlan } from './replay-plan.js'

export const PLAN_VERSION = 1

export type Order = 'key' | 'none'
export type Until = 'now' | 'caught-up' | 'lanes-empty'
export type Guarantee = 'transactions' | 'counting'

/** A rate limit; whichever is given is obeyed. A second. */
export type Rate = { readonly messages?: number; readonly bytes?: number }

export type PlanLane = {
  readonly lane: string
  /** Where the copy starts: the group's committed offset. */
  readonly from: Mark
  /** The commit itself, where the copy starts later because the head was deleted unread. */
  readonly committed?: Mark
  /** What stood beside the commit; undo puts it back. Absent where it was empty. */
  readonly metadata?: string
  /** Captured end: the last stable offset at the start. */
  readonly to: Mark
  readonly messages: bigint
  /** Target partitions of this lane: p, p+P, … p+(k−1)P. */
  readonly targets: readonly number[]
}

export type Step = {
  readonly title: string
  /** Empty for a step that changes nothing. */
  readonly undo: string
  /** Until when the undo works, in words. */
  readonly undoUntil: string
}

/** A drain of a topic of Kafka, as reviewed and saved. Pure data: everything that `apply` needs to compare and to run. */
export type KafkaPlan = {
  readonly kind: 'drain'
  /** Absent: plans of the first version knew no other. */
  readonly system?: 'kafka'
  readonly version: typeof PLAN_VERSION
  readonly run: string
  readonly plannedAt: string
  readonly source: string
  /** Address of the target without credentials: kafka://host:port/TOPIC.spill.RUN. */
  readonly target: string
  readonly sourceTopic: string
  readonly sourceTopicId: string
  readonly group: string
  readonly clusterId: string
  readonly targetClusterId: string
  readonly targetTopic: string
  readonly factor: number
  readonly targetLanes: number
  readonly lanes: readonly PlanLane[]
  readonly order: Order
  readonly until: Until
  readonly guarantee: Guarantee
  /** Recompress with this codec; absent keeps each batch's own. */
  readonly compress?: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  readonly rate?: Rate
  /** Canary: stop after this many messages. */
  readonly first?: number
  readonly maxDriftPercent: number
  readonly consumersStopped: boolean
  readonly cutOver: 'lanes-first' | 'fresh-first'
  /** Group that will work the lanes; absent: `spillway.RUN`. */
  readonly lanesGroup?: string
  readonly replication: number
  /** Settings that the temporary topic is created with. */
  readonly topicSettings: Readonly<Record<string, string>>
  /** The source's settings at planning time, compared by apply. */
  readonly sourceSettings: Readonly<Record<string, string>>
  /** `boundBytes` is the most that an execution of this plan may take: free less headroom, when it was drawn. */
  readonly disk: readonly {
    readonly node: number
    readonly needBytes: bigint
    readonly freeBytes?: bigint
    readonly boundBytes?: bigint
  }[]
  readonly partitionsByBroker: readonly {
    readonly node: number
    readonly now: number
    readonly adds: number
    readonly limit: number
  }[]
  readonly expect: {
    readonly messages: bigint
    readonly messagesIsUpperBound: boolean
    readonly bytes: bigint
    readonly copySeconds: readonly [low: number, high: number]
    readonly growthPerSecond: number
    /** Messages that pile up in the source while the lanes are worked off: λ·T. */
    readonly pilesUp: bigint
    /** What T is made of, in words. */
    readonly pilesUpWhile?: string
    readonly binding: string
  }
  readonly acls: readonly string[]
  readonly stopCommands: readonly string[]
  readonly steps: readonly Step[]
  readonly undoPossibleUntil: string
  /** The same as an instant, ISO 8601; absent where nothing bounds it. */
  readonly undoPossibleUntilAt?: string
  /** When the group's offsets may expire at the earliest, ISO 8601, and after how long; absent for a live group or where unknown. */
  readonly offsetsExpire?: { readonly at: string; readonly retentionMinutes: number }
  readonly duplicatesAtMost: string
  readonly warnings: readonly string[]
  /** What would make `--execute` refuse now. */
  readonly refusals: readonly string[]
  /** sha-256 of the canonical JSON of everything above, `sha256:` in front. */
  readonly digest: string
}

/** A drain, of whichever kind of broker. */
export type DrainPlan = KafkaPlan | QueuePlan

/** What a run carries out, of whichever kind. */
export type RunPlan = DrainPlan | FanoutPlan | DiscardPlan | ReplayPlan

/** Whether the plan has nothing to copy: no lane is behind its captured end, and no tail is followed. */
export const isNothing = (plan: DrainPlan): boolean =>
  plan.until === 'now' && plan.lanes.every(({ from, to }) => from === to)
