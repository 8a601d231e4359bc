import type { FanoutPlan } from '../../core/fanout-plan.js'
import type { RunSoFar } from '../../core/fold.js'

/** Messages of the plan's lanes that nobody has handled yet, as far as this run knows: an upper bound while others work beside it. Pure. */
export const unreadBehind = (plan: FanoutPlan, state: RunSoFar): bigint => {
  const bound = plan.lanes.reduce((sum, { lane, messages }) => {
    const so = state.lanes.get(lane)
    if (so?.finished === true) return sum
    const left = messages - (so?.read ?? 0n)
    return left > 0n ? sum + left : sum
  }, 0n)
  const counted = plan.expect.messages - state.ledger.read
  return counted >= 0n && counted < bound ? counted : bound
}
