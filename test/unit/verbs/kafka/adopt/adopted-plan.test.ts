import { describe, expect, it } from 'vitest'
import type { LaneClaim } from '../../../../../src/brokers/kafka/claims/read-claim.js'
import { NO_TOTALS } from '../../../../../src/brokers/kafka/relay/claim.js'
import { parseAddress } from '../../../../../src/core/address.js'
import { toPrettyJson } from '../../../../../src/core/canonical-json.js'
import { verifyPlan } from '../../../../../src/core/digest.js'
import { adoptedPlan } from '../../../../../src/verbs/kafka/adopt/adopted-plan.js'
import { aLane, aSurvey, NOON } from '../../../drain/a-survey.js'

const place = parseAddress('kafka://b1:9092/orders?group=billing')
const survey = aSurvey()
const claimOn = (partition: number, task = {}): LaneClaim => ({
  partition,
  offset: 700,
  claim: {
    run: 'r1',
    topic: `${survey.topic.name}.spill.r1`,
    host: 'host-a',
    nonce: 'n',
    totals: { ...NO_TOTALS, read: 200n, written: 200n },
    task: { from: '500', to: '1500', order: 'none', until: 'now', guarantee: 'transactions', ...task },
  },
})
const claims = [0, 1, 2].map(partition => claimOn(partition))
const given = { survey, claims, targetPartitions: 12, now: NOON, place, target: undefined, other: undefined }

describe('adoptedPlan', () => {
  it('is the plan of the claims: run, topic, lanes, order; signed, and refused by nothing', () => {
    const plan = adoptedPlan(given)
    expect(plan).toMatchObject({
      run: 'r1',
      targetTopic: claims[0]?.claim.topic,
      factor: 4,
      targetLanes: 12,
      order: 'none',
      guarantee: 'transactions',
      refusals: [],
    })
    expect(plan.lanes[1]).toEqual({ lane: '1', from: '500', to: '1500', messages: 1000n, targets: [1, 4, 7, 10] })
    expect(plan.expect.messages).toBe(3000n)
    expect(verifyPlan(toPrettyJson(plan))).toEqual(plan)
  })

  it('takes a rate, which no claim carries', () => {
    expect(adoptedPlan(given).rate).toBeUndefined()
    expect(adoptedPlan({ ...given, rate: { messages: 5 } }).rate).toEqual({ messages: 5 })
  })

  it('leaves partitions out that were added since', () => {
    const grown = aSurvey({ lanes: [0, 1, 2, 3].map(lane => aLane(lane)) })
    const plan = adoptedPlan({ ...given, survey: grown })
    expect([plan.lanes.length, plan.targetLanes]).toEqual([3, 12])
  })

  it('has the usual lanes where the topic was never made', () => {
    expect(adoptedPlan({ ...given, targetPartitions: undefined }).factor).toBe(10)
  })

  it('refuses a lane without the claim, and partitions that do not fit', () => {
    const [first, , third] = claims
    const gap = [first, third].filter(claim => claim !== undefined)
    expect(() => adoptedPlan({ ...given, claims: gap })).toThrow(/Partition 1 carries no claim/)
    expect(() => adoptedPlan({ ...given, targetPartitions: 13 })).toThrow(/13 partitions, no multiple/)
  })
})
