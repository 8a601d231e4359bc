import type { RunSoFar } from '../../core/fold.js'
import type { DrainPlan, RunPlan } from '../../core/plan.js'
import { isFanoutPlan } from '../../core/plan-names.js'
import { unreadBehind } from '../../fanout/plan/unread.js'
import { awaitsLanes } from './awaits-lanes.js'

/**
 * The ORIGINALS line of a run: whether the stopped consumers may start. `unread` is what the lanes still hold, if known; else what a drain
 * has left there, or what a fan-out has not handled yet.
 */
export function originalsInWords(plan: RunPlan, state: RunSoFar, unread?: bigint): string {
  const left = unread ?? (isFanoutPlan(plan) ? unreadBehind(plan, state) : leftByDrain(plan, state))
  const free = isFanoutPlan(plan) ? state.ending?.kind === 'complete' : mayStart(plan, state, left)
  return free ? 'may start' : `keep stopped (${left} unread in lanes)`
}

function mayStart(plan: DrainPlan, state: RunSoFar, unread: bigint): boolean {
  if (plan.cutOver === 'fresh-first' && state.ending?.kind === 'complete') return true
  if (state.ending?.kind === 'undone' || state.restored?.done) return true
  return unread === 0n && state.ending?.kind === 'complete'
}

/** A drain that waits for its lanes completes only when they are empty. */
const leftByDrain = (plan: DrainPlan, { ending, ledger }: RunSoFar): bigint =>
  awaitsLanes(plan) && ending?.kind === 'complete' ? 0n : ledger.written
