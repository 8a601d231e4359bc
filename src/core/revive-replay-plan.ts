import type { ReplayPlan } from './replay-plan.js'
import { type JsonRecord, toBigint } from './revive.js'

/** Gives the plan of a replay that came from JSON its bigints back; the digest has vouched for its shape. Throws TypeError where a count is none. */
export const reviveReplayPlan = (raw: JsonRecord): ReplayPlan => {
  const plan = raw as unknown as ReplayPlan
  const { expect, lanes, doubted } = plan
  return {
    ...plan,
    ...(doubted === undefined ? {} : { doubted: toBigint(doubted) }),
    lanes: lanes.map(lane => ({ ...lane, messages: toBigint(lane.messages) })),
    expect: { ...expect, messages: toBigint(expect.messages), bytes: toBigint(expect.bytes) },
  }
}
