import type { ArchiveWriter, PieceFormat } from '../../archive/ports.js'
import type { DiscardRequest } from '../../commands/requests.js'
import type { DiscardPlan, LettingGo } from '../../core/discard-plan.js'
import type { RunEvent } from '../../core/event.js'
import type { DiscardLook } from '../../discard/plan/options.js'
import type { DrainRefusal } from '../../drain/refusals.js'
import type { Resolved, Running } from '../system.js'

export type DiscardAsked = {
  /** Has topic and group, or is a queue; with the credentials of this command. */
  readonly place: Resolved
  /** Id of the run that is planned. */
  readonly run: string
  readonly request: DiscardRequest
  readonly how: LettingGo
}

/** What a broker says now, and what speaks against letting go. */
export type DiscardSeen = { readonly look: DiscardLook; readonly refusals: readonly DrainRefusal[] }

/** Looks again and again while `--wait` polls; changes nothing. */
export type DiscardPlanner = { readonly ends: DiscardEnds; look(): Promise<DiscardSeen> }

/** A discard at work, as its broker's part sees it. */
export type Discarding = Running<DiscardPlan> & {
  /** Open, and sealed by the verb once the run is complete; absent where nothing is kept. Synced before anything is let go. */
  readonly archive?: ArchiveWriter
}

/** The connections of one command to what is discarded, and what its verb does over them. */
export type DiscardEnds = AsyncDisposable & {
  /** What cuts and vouches for the archive's files. */
  readonly format: PieceFormat
  /**
   * Lets go, or carries that on: claims or locks, keeps, syncs, moves the position, watches; `opened`, `settled`, `finished` of each lane, `warned`
   * with what was measured afterwards. `dropped` is all that was read. The only one here that changes anything. Throws UserError, Refusal, BrokerError.
   */
  events(running: Discarding): AsyncIterable<RunEvent>
  /** Finds out whether the user may do all that the plan does, before a run begins; absent where a broker tells only by trying. Throws UserError `permission`. */
  prove?(plan: DiscardPlan): Promise<void>
  /** Throws Refusal `stale` where the address leads elsewhere by now. */
  assertSamePlace(plan: DiscardPlan): Promise<void>
  /** Who stands in the way of carrying it on, in words; undefined where nobody does. */
  busy(plan: DiscardPlan): Promise<string | undefined>
}
