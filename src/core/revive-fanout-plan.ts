import type { FanoutPlan } from './fanout-plan.js'
import { type JsonRecord, toBigint } from './revive.js'

/** Gives the plan of a fan-out that came from JSON its bigints back; the digest has vouched for its shape. Throws TypeError where a count is none. */
export const reviveFanoutPlan = (raw: JsonRecord): FanoutPlan => {
  const plan = raw as unknown as FanoutPlan
  const { messages, bytes } = plan.expect
  return {
    ...plan,
    lanes: plan.lanes.map(lane => ({ ...lane, messages: toBigint(lane.messages) })),
    expect: { messages: toBigint(messages), bytes: toBigint(bytes) },
  }
}
