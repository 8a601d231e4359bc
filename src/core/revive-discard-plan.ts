import type { DiscardPlan } from './discard-plan.js'
import { type JsonRecord, toBigint } from './revive.js'

/** Gives the plan of a discard that came from JSON its bigints back; the digest has vouched for its shape. Throws TypeError where a count is none. */
export const reviveDiscardPlan = (raw: JsonRecord): DiscardPlan => {
  const plan = raw as unknown as DiscardPlan
  const { archive, expect, lanes } = plan
  return {
    ...plan,
    lanes: lanes.map(lane => ({ ...lane, messages: toBigint(lane.messages) })),
    ...(archive === undefined
      ? {}
      : {
          archive: {
            ...archive,
            needBytes: toBigint(archive.needBytes),
            freeBytes: toBigint(archive.freeBytes),
            floorBytes: toBigint(archive.floorBytes),
          },
        }),
    expect: {
      ...expect,
      messages: toBigint(expect.messages),
      bytes: toBigint(expect.bytes),
      freesBytes: toBigint(expect.freesBytes),
    },
  }
}
