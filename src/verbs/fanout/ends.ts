import type { FanoutRequest } from '../../commands/requests.js'
import type { FanoutPlan } from '../../core/fanout-plan.js'
import type { DrainPlan } from '../../core/plan.js'
import type { DrainRefusal } from '../../drain/refusals.js'
import type { FanoutLook } from '../../fanout/plan/options.js'
import type { Intake } from '../../fanout/ports.js'
import type { Resolved, Running } from '../system.js'

/** What shall be worked: the lanes of a drain, temporary lanes whose drain is not known here, or a source itself. */
export type FanSubject =
  | { readonly kind: 'drain'; readonly drain: DrainPlan; readonly isWhole: boolean }
  | { readonly kind: 'lanes' | 'source'; readonly place: Resolved }

export type FanAsked = {
  readonly subject: FanSubject
  /** Id of the run that is planned. */
  readonly run: string
  readonly request: FanoutRequest
}

/** What a broker says now, and what speaks against working it. */
export type FanSeen = { readonly look: FanoutLook; readonly refusals: readonly DrainRefusal[] }

/** Looks again and again while `--wait` polls. */
export type FanPlanner = { readonly ends: FanEnds; look(): Promise<FanSeen> }

/** A fan-out at work, as its broker's part sees it. */
export type Fanning = Running<FanoutPlan> & {
  /** Whether the drain of these lanes copies no more into them. */
  readonly isWhole: () => Promise<boolean>
}

/** The connections of one command to what a fan-out reads, and what its verb does over them. */
export type FanEnds = AsyncDisposable & {
  /** Opens the lanes: joins or claims. The only one here that changes anything. Throws UserError, Refusal, BrokerError. */
  intake(running: Fanning): Promise<Intake>
  /** Finds out whether the user may read and settle, before a run begins; absent where a broker tells only by trying. Throws UserError `permission`. */
  prove?(plan: FanoutPlan): Promise<void>
  /** Throws Refusal `stale` where the address leads elsewhere by now. */
  assertSamePlace(plan: FanoutPlan): Promise<void>
  /** Who stands in the way of carrying it on, in words; undefined where nobody does. */
  busy(plan: FanoutPlan): Promise<string | undefined>
}
