import { describe, expect, it } from 'vitest'
import { toPrettyJson } from '../../../src/core/canonical-json.js'
import { verifyPlan } from '../../../src/core/digest.js'
import { planDrain } from '../../../src/drain/plan.js'
import { aLane, aSkew, aSurvey, someOptions } from './a-survey.js'

type Given = Parameters<typeof aSurvey>[0]
const warned = (given: Given, options = someOptions()) => planDrain(aSurvey(given), options).warnings.join('\n')

describe('the saved plan', () => {
  it('is the same after saving and reading, and for the same survey', () => {
    const plan = planDrain(aSurvey(), someOptions())
    expect(planDrain(aSurvey(), someOptions())).toEqual(plan)
    const read = verifyPlan(toPrettyJson(plan))
    expect(read).toEqual(plan)
  })

  it('is refused when it was edited', () => {
    const edited = toPrettyJson(planDrain(aSurvey(), someOptions())).replace('"factor": 10', '"factor": 20')
    expect(() => verifyPlan(edited)).toThrow('edited')
  })
})

describe('undo', () => {
  it('is possible until the source deletes its first unread record', () => {
    const lanes = [
      aLane(0, { firstLoss: { seconds: 7200, by: 'time' } }),
      aLane(1, { firstLoss: { seconds: 3600, by: 'size' } }),
    ]
    const plan = planDrain(aSurvey({ lanes }), someOptions())
    expect(plan.undoPossibleUntil).toBe('about 2026-11-21T13:00Z: source retention by size, partition 1')
    expect(plan.undoPossibleUntilAt).toBe('2026-11-21T13:00:00.000Z')
  })

  it("is possible until the group's offsets expire, where that comes first", () => {
    const survey = aSurvey({
      lanes: [aLane(0, { firstLoss: { seconds: 7200, by: 'time' } })],
      offsetsExpireAt: '2026-11-21T14:00:00.000Z',
      offsetsExpireEarliest: '2026-11-21T12:30:00.000Z',
    })
    expect(planDrain(survey, someOptions()).undoPossibleUntil).toBe(
      "about 2026-11-21T12:30Z: the group's offsets expire",
    )
  })

  it('is named at every step that changes something', () => {
    const plan = planDrain(aSurvey(), someOptions())
    const copy = plan.steps.find(step => step.title.startsWith('Copy'))
    expect(copy?.undo).toBe('spillway restore 20261121-1200-k3f9 --undo --no-groupless-readers')
    expect(copy?.undoUntil).toContain('until step 5 begins')
    expect(plan.steps.filter(({ undo }) => undo.startsWith('none'))).toHaveLength(2)
  })

  it('moves by one step with a canary', () => {
    const plan = planDrain(aSurvey(), someOptions({ first: 100 }))
    expect(plan.steps.find(step => step.title.includes('the first 100'))?.undoUntil).toContain('until step 6 begins')
  })
})

describe('time', () => {
  const large = [aLane(0, { committed: '0', end: '10000000' })]

  it('is a range bound by bytes for large records', () => {
    const { copySeconds, binding } = planDrain(aSurvey({ lanes: large }), someOptions()).expect
    expect(copySeconds[0]).toBeGreaterThan(30)
    expect(copySeconds[1]).toBeLessThan(300)
    expect(binding).toContain('MiB/s')
  })

  it('is bound by one-record batches', () => {
    const skew = aSkew({ recordsPerBatch: 1, rawBytes: 100 })
    expect(planDrain(aSurvey({ lanes: large, skew }), someOptions()).expect.binding).toContain('one-record batches')
  })

  it('is bound by --rate', () => {
    const { copySeconds, binding } = planDrain(aSurvey(), someOptions({ rate: { messages: 30 } })).expect
    expect(copySeconds).toEqual([101, 105])
    expect(binding).toBe('--rate 30/s')
  })

  it('stretches while the tail is followed', () => {
    const lanes = [aLane(0, { committed: '0', end: '1000', growth: 50 })]
    const options = someOptions({ until: 'caught-up', rate: { messages: 100 } })
    expect(planDrain(aSurvey({ lanes }), options).expect.copySeconds).toEqual([21, 25])
  })

  it('says what piles up meanwhile', () => {
    const lanes = [aLane(0, { committed: '0', end: '1000', growth: 50 })]
    const { expect: stopped } = planDrain(aSurvey({ lanes }), someOptions({ rate: { messages: 100 } }))
    expect(stopped.pilesUp).toBe(750n)
    expect(stopped.pilesUpWhile).toContain('each hour that the lanes take adds 180,000')
    const served = [aLane(0, { committed: '0', end: '1000', growth: 50, service: 10 })]
    expect(planDrain(aSurvey({ lanes: served }), someOptions({ rate: { messages: 100 } })).expect.pilesUp).toBe(1250n)
  })
})

describe('warnings', () => {
  it.each<[string, Given]>([
    ['billing reads payments, refunds too', { otherTopics: ['payments', 'refunds'] }],
    ['Other groups read orders (audit)', { otherGroups: ['audit'] }],
    ['Under-replicated partitions: 2', { topic: { underReplicated: ['2'] } }],
    ['Hanging transactions on partitions 1 (producer id 77)', { hanging: [{ lane: '1', producerId: '77' }] }],
    ['Temporary topics of earlier runs are still there: orders.spill.old', { temporaryTopics: ['orders.spill.old'] }],
    ['an upper bound', { lanes: [aLane(0, { lagIsUpperBound: true })] }],
    ['LogAppendTime', { topic: { settings: { 'message.timestamp.type': 'LogAppendTime' } } }],
    ['aborted records and markers are not copied', { skew: aSkew({ transactional: true }) }],
    [
      'SOON: the offsets of billing expire',
      { offsetsExpireAt: '2026-11-21T20:00:00.000Z', offsetsRetentionMinutes: 10080 },
    ],
    ['The offsets of billing expire', { offsetsExpireAt: '2026-11-26T12:00:00.000Z', offsetsRetentionMinutes: 10080 }],
    ['deletes the first unread message in about 5 s', { total: { firstLossSeconds: 5 } }],
    ['KEDA', {}],
    ['Kafka Streams', { group: { protocol: 'streams' } }],
  ])('say: %s', (words, given) => {
    expect(warned(given)).toContain(words)
  })

  it('tell how little more lanes give to a hot key in key order', () => {
    const skew = aSkew({ hottest: [{ key: 'tenant-1', share: 0.2, lane: '0' }] })
    expect(warned({ skew })).toContain(
      "Key tenant-1 is about 20 % of the backlog and stays in one lane: it allows 1.7x today's speed",
    )
    expect(warned({ skew }, someOptions({ order: 'none' }))).not.toContain('tenant-1')
    expect(warned({ skew: aSkew() })).not.toContain('customer-7')
  })

  it('say that --until lanes-empty waits for whoever works the lanes', () => {
    const words = '--until lanes-empty ends only when the lanes are empty'
    expect(warned({}, someOptions({ until: 'lanes-empty' }))).toContain(words)
    expect(warned({}, someOptions({ until: 'caught-up' }))).not.toContain(words)
  })

  it('say which partitions are not followed until the lanes are worked off', () => {
    const lanes = Array.from({ length: 17 }, (_, i) => aLane(i, { committed: '0', end: '10' }))
    const words = '17 partitions are copied 16 at a time: each is followed only up to its tail'
    const options = someOptions({ until: 'lanes-empty' })
    expect(warned({ lanes }, options)).toContain(words)
    expect(warned({ lanes: lanes.slice(1) }, options)).not.toContain('at a time')
    expect(warned({ lanes }, someOptions({ until: 'caught-up' }))).not.toContain('at a time')
  })

  it('tell what --order none and fresh-first cost', () => {
    expect(warned({}, someOptions({ order: 'none' }))).toContain('gives up the order of each key')
    expect(warned({}, someOptions({ cutOver: 'fresh-first' }))).toContain('--cut-over fresh-first gives up')
  })
})

describe('rights and stop commands', () => {
  it('name the fixed prefixes', () => {
    const acls = planDrain(aSurvey(), someOptions({ lanesGroup: 'fast' })).acls
    expect(acls).toContain('Write, Describe on TransactionalId spillway-* (prefixed)')
    expect(acls.join('\n')).toContain('orders.spill.* (prefixed)')
    expect(acls).toContain('Read, Describe, Delete on Group fast')
  })

  it('never carry what a shell would run', () => {
    const plan = planDrain(aSurvey({ group: { id: 'a; rm -rf $(HOME)' } }), someOptions())
    expect(plan.stopCommands[1]).toBe('kubectl scale deployment/a-rm-rf-home --replicas=0')
  })
})
