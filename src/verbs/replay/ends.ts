import type { Place } from '../../core/address.js'
import type { DiscardPlan } from '../../core/discard-plan.js'
import type { FanoutLane } from '../../core/fanout-plan.js'
import type { RunSoFar } from '../../core/fold.js'
import type { ReplayFilter, ReplayPlan } from '../../core/replay-plan.js'
import type { DrainRefusal } from '../../drain/refusals.js'
import type { SourceLook, TargetLook } from '../../replay/plan/options.js'
import type { ReplaySink, ReplaySource } from '../../replay/ports.js'
import type { Running } from '../system.js'

/** What shall be sent again, looked at. Nothing is open until `open`. */
export type ReplaySubject = {
  readonly look: SourceLook
  /** What speaks against sending it now. */
  readonly refusals: readonly DrainRefusal[]
  /** What the messages came from, to go back to; its login is the one that the source was read with, without the password. Rows came from none. */
  readonly origin?: Place
  /** Time of the oldest message, where it is known. */
  readonly oldest?: Date
  /** The run that it comes from: its own claim is no obstacle. */
  readonly run?: string
  /** How many messages are what is asked for; undefined where only reading would tell. */
  count?(filter: ReplayFilter): Promise<bigint | undefined>
  /** Opens the lanes of a plan, for a run or only to look. Throws UserError, Refusal, RunError `archive-damaged`, BrokerError. */
  open(plan: Pick<ReplayPlan, 'lanes' | 'filter'>, running?: Running<ReplayPlan>): Promise<ReplaySource>
}

/** What shall be sent again, to be looked at again and again while `--wait` polls. */
export type ReplaySubjects = AsyncDisposable & {
  /** Consumes nothing and commits nothing. Throws UserError, BrokerError. */
  look(): Promise<ReplaySubject>
}

/** What a target must know of the messages. */
export type TargetAsked = {
  readonly subject: Pick<ReplaySubject, 'oldest' | 'run'>
  /** Each message names its own topic or exchange: the place need not name one. */
  readonly toOrigin: boolean
  readonly transactions: boolean
}

/** The target as it is now, and what speaks against sending there. */
export type TargetSeen = { readonly look: TargetLook; readonly refusals: readonly DrainRefusal[] }

/** The connection of one command to where messages go again. */
export type ReplayTarget = AsyncDisposable & {
  /** Changes nothing. Throws UserError `no-topic`, `no-queue`, `permission`, BrokerError. */
  look(asked: TargetAsked): Promise<TargetSeen>
  /** Opens the way there. Throws UserError, BrokerError. */
  sink(running: Running<ReplayPlan>): Promise<ReplaySink>
  /** Messages that wait there: unread by a group of Kafka, or ready in the queue. Throws UserError `no-group`, BrokerError. */
  waiting(group: string | undefined): Promise<bigint>
  /** Throws Refusal `stale` where the address leads elsewhere by now. */
  assertSamePlace(plan: ReplayPlan): Promise<void>
}

/** The archive of a discard, for the part of its system. */
export type Archived = { readonly plan: DiscardPlan; readonly state: RunSoFar; readonly folder: string }

/** What an archive holds of what was let go. */
export type ArchiveLook = {
  readonly lanes: readonly FanoutLane[]
  readonly bytes: bigint
  /** Messages beyond those that were let go. */
  readonly doubted: bigint
  readonly partitions?: number
}

/** What a system knows of the archives that its discards make. */
export type ArchiveKind = {
  look(archived: Archived): Promise<ArchiveLook>
  /** Of what the filter leaves out some may be passed without reading it: told as skipped. */
  open(archived: Archived, lanes: readonly FanoutLane[], filter: ReplayFilter | undefined): Promise<ReplaySource>
}
