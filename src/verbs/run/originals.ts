import type { RunSoFar } from '../../core/fold.js'
import type { DrainPlan } from '../../core/plan.js'

/** The ORIGINALS line of a run: whether the stopped consumers may start. `unread` is what the lanes still hold, if known. */
export function originalsInWords(plan: DrainPlan, state: RunSoFar, unread: bigint = state.ledger.written): string {
  if (plan.cutOver === 'fresh-first' && state.ending?.kind === 'complete') return 'may start'
  if (state.ending?.kind === 'undone') return 'may start'
  if (state.restored?.done) return 'may start'
  if (unread === 0n && state.ending?.kind === 'complete') return 'may start'
  return `keep stopped (${unread} unread in lanes)`
}
