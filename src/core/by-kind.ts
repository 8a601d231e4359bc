import type { DiscardPlan } from './discard-plan.js'
import type { FanoutPlan } from './fanout-plan.js'
import type { DrainPlan, RunPlan } from './plan.js'
import type { ReplayPlan } from './replay-plan.js'

/** What differs between the kinds of runs, one entry each. */
export type ByKind<T> = {
  readonly drain: (plan: DrainPlan) => T
  readonly fanout: (plan: FanoutPlan) => T
  readonly discard: (plan: DiscardPlan) => T
  readonly replay: (plan: ReplayPlan) => T
}

/** The entry of a plan's kind, told the plan. */
export const byKind = <T>(plan: RunPlan, kinds: ByKind<T>): T => {
  switch (plan.kind) {
    case 'drain':
      return kinds.drain(plan)
    case 'fanout':
      return kinds.fanout(plan)
    case 'discard':
      return kinds.discard(plan)
    case 'replay':
      return kinds.replay(plan)
    default:
      return plan satisfies never
  }
}
