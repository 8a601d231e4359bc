import { describe, expect, it } from 'vitest'
import { planDrain } from '../../../src/drain/plan.js'
import { UserError } from '../../../src/errors.js'
import { aLane, aLaneWithoutCommit, aSurvey, someOptions } from './a-survey.js'

const refusalOf = (make: () => unknown): UserError => {
  try {
    make()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('the lane map', () => {
  it('makes ten lanes a partition, each with one source', () => {
    const plan = planDrain(aSurvey(), someOptions())
    expect(plan.targetLanes).toBe(30)
    expect(plan.lanes[1]?.targets).toEqual([1, 4, 7, 10, 13, 16, 19, 22, 25, 28])
    expect(plan.lanes.flatMap(lane => lane.targets).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, i) => i),
    )
  })

  it('takes --lanes that are a multiple of the partitions', () => {
    expect(planDrain(aSurvey(), someOptions({ lanes: 12 })).factor).toBe(4)
  })

  it.each([
    [20, 18, 21],
    [1, 3, 6],
    [29, 27, 30],
  ])('refuses --lanes %i of 3 partitions with the two nearest', (lanes, below, above) => {
    const error = refusalOf(() => planDrain(aSurvey(), someOptions({ lanes })))
    expect(error.exitCode).toBe(2)
    expect(error.hint).toContain(`--lanes ${below} and --lanes ${above}`)
  })

  it.each([0, -3, 2.5, Number.NaN])('refuses a factor of %d', factor => {
    expect(refusalOf(() => planDrain(aSurvey(), someOptions({ factor }))).exitCode).toBe(2)
  })

  it('refuses --factor and --lanes together', () => {
    expect(() => planDrain(aSurvey(), someOptions({ factor: 2, lanes: 6 }))).toThrow('exclude each other')
  })
})

describe('where the copy starts and ends', () => {
  it('goes from the commit to the last stable offset', () => {
    const plan = planDrain(
      aSurvey({ lanes: [aLane(0, { committed: '10', end: '90', stableEnd: '70' })] }),
      someOptions(),
    )
    expect(plan.lanes[0]).toMatchObject({ from: '10', to: '70', messages: 60n })
    expect(plan.expect.messages).toBe(60n)
    expect(plan.warnings.join('\n')).toContain('20 messages on partitions 0 lie behind the last stable offset')
  })

  it('starts at the log start where the head is gone, keeps the commit, and names the lost range', () => {
    const lane = aLane(0, { start: '700', committed: '500', lostAlready: 200n })
    const plan = planDrain(aSurvey({ lanes: [lane] }), someOptions())
    expect(plan.lanes[0]).toMatchObject({ from: '700', committed: '500', messages: 800n })
    expect(plan.warnings[0]).toBe('Partition 0: 200 messages (500 up to 700) were deleted unread; they are lost')
    expect(plan.refusals).toEqual([])
  })

  it('copies nothing where the commit is past the last stable offset', () => {
    const plan = planDrain(
      aSurvey({ lanes: [aLane(0, { committed: '80', end: '90', stableEnd: '70' })] }),
      someOptions(),
    )
    expect(plan.lanes[0]).toMatchObject({ from: '80', to: '80', messages: 0n })
  })

  it('plans nothing where there is nothing to drain', () => {
    const plan = planDrain(aSurvey({ lanes: [aLane(0, { committed: '1500' })] }), someOptions())
    expect(plan.expect.messages).toBe(0n)
    expect(plan.refusals).toEqual([])
  })

  it('takes an empty partition without a commit as read', () => {
    const lanes = [aLane(0), aLaneWithoutCommit(1, { end: '0' })]
    expect(planDrain(aSurvey({ lanes }), someOptions()).refusals).toEqual([])
  })

  it('keeps offsets beyond 2^53 exact', () => {
    const lane = aLane(0, { committed: '9007199254740993', end: '9007199254740996' })
    expect(planDrain(aSurvey({ lanes: [lane] }), someOptions()).lanes[0]?.messages).toBe(3n)
  })
})

describe('what can not be planned at all', () => {
  it('a group that is not there', () => {
    const survey = aSurvey({ lanes: [aLaneWithoutCommit(0)], group: { exists: false } })
    expect(refusalOf(() => planDrain(survey, someOptions()))).toMatchObject({ exitCode: 2, code: 'no-such-group' })
    const typo = aSurvey({ lanes: [aLaneWithoutCommit(0)], group: { exists: false }, otherGroups: ['audit', 'biling'] })
    expect(refusalOf(() => planDrain(typo, someOptions())).hint).toMatch(/^Did you mean biling\? Check/)
  })

  it('a group without any commit', () => {
    const error = refusalOf(() => planDrain(aSurvey({ lanes: [aLaneWithoutCommit(0)] }), someOptions()))
    expect(error).toMatchObject({ exitCode: 2, code: 'no-commit' })
    expect(error.hint).toMatch(
      /: `kafka-consumer-groups\.sh --bootstrap-server one:9092 --group billing --topic orders --reset-offsets --to-earliest --execute`$/,
    )
  })

  it('a topic that is not there', () => {
    const error = refusalOf(() => planDrain(aSurvey({ lanes: [] }), someOptions()))
    expect(error).toMatchObject({ exitCode: 2, code: 'no-such-topic' })
  })

  it("the brokers' own topics, and the source as its own target", () => {
    expect(() => planDrain(aSurvey({ topic: { name: '__consumer_offsets' } }), someOptions())).toThrow(
      'brokers themselves',
    )
    const to = { kind: 'kafka' as const, brokers: ['one:9092'], topic: 'orders' }
    expect(() => planDrain(aSurvey(), someOptions({ to }))).toThrow('the source itself')
  })
})
