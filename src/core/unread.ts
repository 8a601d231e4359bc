import type { FanoutPlan } from './fanout-plan.js'
import type { RunSoFar } from './fold.js'

/** What a plan says of the messages that are to go. */
type Lanes = Pick<FanoutPlan, 'lanes'> & { readonly expect: Pick<FanoutPlan['expect'], 'messages'> }

/** Messages of the plan's lanes that the run has not come to yet, as far as it knows: an upper bound while others work beside it. Pure. */
export const unreadBehind = (plan: Lanes, state: RunSoFar): bigint => {
  const bound = plan.lanes.reduce((sum, { lane, messages }) => {
    const so = state.lanes.get(lane)
    if (so?.finished === true) return sum
    const left = messages - (so?.read ?? 0n)
    return left > 0n ? sum + left : sum
  }, 0n)
  const counted = plan.expect.messages - state.ledger.read
  return counted >= 0n && counted < bound ? counted : bound
}
