import { type ByKind, byKind } from '../../core/by-kind.js'
import type { RunSoFar } from '../../core/fold.js'
import type { DrainPlan, RunPlan } from '../../core/plan.js'
import { unreadBehind } from '../../core/unread.js'
import { awaitsLanes } from './awaits-lanes.js'

/**
 * The ORIGINALS line of a run: whether the stopped consumers may start. `unread` is what the lanes still hold, if known; else what a drain
 * has left there, or what a fan-out or a discard has not come to yet.
 */
export function originalsInWords(plan: RunPlan, state: RunSoFar, unread?: bigint): string {
  const { free, left } = byKind(plan, standing(state, unread))
  return free ? 'may start' : `keep stopped (${left} unread in lanes)`
}

type Standing = { readonly free: boolean; readonly left: bigint }

/** A replay sends to consumers that are at work, so it keeps nobody stopped. */
const standing = (state: RunSoFar, unread: bigint | undefined): ByKind<Standing> => {
  const untilDone = (plan: Parameters<typeof unreadBehind>[0]): Standing => ({
    free: state.ending?.kind === 'complete',
    left: unread ?? unreadBehind(plan, state),
  })
  return {
    drain: plan => {
      const left = unread ?? leftByDrain(plan, state)
      return { free: mayStart(plan, state, left), left }
    },
    fanout: untilDone,
    discard: untilDone,
    replay: () => ({ free: true, left: 0n }),
  }
}

function mayStart(plan: DrainPlan, state: RunSoFar, unread: bigint): boolean {
  if (plan.cutOver === 'fresh-first' && state.ending?.kind === 'complete') return true
  if (state.ending?.kind === 'undone' || state.restored?.done) return true
  return unread === 0n && state.ending?.kind === 'complete'
}

/** A drain that waits for its lanes completes only when they are empty. */
const leftByDrain = (plan: DrainPlan, { ending, ledger }: RunSoFar): bigint =>
  awaitsLanes(plan) && ending?.kind === 'complete' ? 0n : ledger.written
