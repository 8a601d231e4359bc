import { describe, expect, it } from 'vitest'
import { toPrettyJson } from '../../../src/core/canonical-json.js'
import { verifyPlan } from '../../../src/core/digest.js'
import type { KafkaPlan } from '../../../src/core/plan.js'
import { drift, replan } from '../../../src/drain/drift.js'
import { planDrain } from '../../../src/drain/plan.js'
import { aLane, aSurvey, NOON, someOptions } from './a-survey.js'
import { anotherCluster } from './another-cluster.js'

type Given = Parameters<typeof aSurvey>[0]
const LATER = { now: new Date(NOON.getTime() + 86_400_000) }
const saved = (options = someOptions(), given: Given = {}) =>
  verifyPlan(toPrettyJson(planDrain(aSurvey(given), options))) as KafkaPlan
const lanes = (committed: number, end: number) =>
  [0, 1, 2].map(lane => aLane(lane, { committed: String(committed), end: String(end) }))
const refusedAt = (given: Given, plan = saved()) => drift(plan, aSurvey(given), LATER).refusals.map(({ at }) => at)

describe('a saved plan is refused', () => {
  it('never on the same cluster', () => {
    expect(drift(saved(), aSurvey(), LATER)).toEqual({ refusals: [], changes: [] })
  })

  it.each<[string, Given]>([
    ['cluster id', { clusterId: 'cluster-x' }],
    ['topic id', { topic: { id: 'made-anew' } }],
    ['partitions', { lanes: [...lanes(500, 1500), aLane(3)] }],
    ['setting retention.ms', { topic: { settings: { ...aSurvey().topic.settings, 'retention.ms': '1000' } } }],
    ['group', { group: { id: 'shipping' } }],
  ])('on another %s', (at, given) => {
    expect(refusedAt(given)).toContain(at)
  })

  it('with planned / now in words', () => {
    expect(drift(saved(), aSurvey({ topic: { id: 'new' } }), LATER).refusals[0]?.message).toBe(
      'planned topic-id-1 / now new',
    )
  })

  it('not on a setting that came or went with the version of the brokers', () => {
    const { 'max.message.bytes': _, ...settings } = aSurvey().topic.settings
    expect(refusedAt({ topic: { settings: { ...settings, 'brand.new': '1' } } })).toEqual([])
  })

  it('on another target cluster', () => {
    const to = { kind: 'kafka' as const, brokers: ['other:9092'] }
    const plan = planDrain(aSurvey(), someOptions({ to }), anotherCluster())
    const target = anotherCluster({ clusterId: 'cluster-c' })
    expect(drift(plan, aSurvey(), { ...LATER, target }).refusals[0]?.at).toBe('target cluster id')
    expect(drift(plan, aSurvey(), { ...LATER, target: anotherCluster() }).refusals).toEqual([])
  })
})

describe('the volume', () => {
  it('may grow beyond the captured ends under --until now', () => {
    const found = drift(saved(), aSurvey({ lanes: lanes(500, 9500) }), LATER)
    expect(found.refusals).toEqual([])
    expect(found.changes).toContainEqual({ what: 'messages', planned: '3,000', now: '27,000' })
    expect(found.changes).toContainEqual({ what: 'partition 0', planned: '500 up to 1500', now: '500 up to 9500' })
  })

  it('may not grow so under caught-up', () => {
    expect(refusedAt({ lanes: lanes(500, 9500) }, saved(someOptions({ until: 'caught-up' })))).toEqual(['volume'])
  })

  it('may differ by 20 % but not by more', () => {
    expect(refusedAt({ lanes: lanes(700, 1500) })).toEqual([])
    expect(refusedAt({ lanes: lanes(701, 1500) })).toEqual(['volume'])
    expect(refusedAt({ lanes: lanes(300, 1500) })).toEqual([])
    expect(refusedAt({ lanes: lanes(299, 1500) })).toEqual(['volume'])
  })

  it('may differ by what --max-drift says', () => {
    const survey = aSurvey({ lanes: lanes(900, 1500) })
    expect(drift(saved(), survey, { ...LATER, maxDriftPercent: 50 }).refusals).toEqual([])
    expect(refusedAt({ lanes: lanes(900, 1500) }, saved(someOptions({ maxDriftPercent: 50 })))).toEqual([])
  })

  it('may be that of another night, when all of it is new', () => {
    expect(refusedAt({ lanes: lanes(90_500, 91_500) })).toEqual([])
  })

  it('may have begun at nothing', () => {
    expect(refusedAt({ lanes: lanes(1500, 5000) }, saved(someOptions(), { lanes: lanes(1500, 1500) }))).toEqual([])
  })
})

describe('the resources', () => {
  it('may not pass the disk that the plan stated', () => {
    const disks = [{ node: 1, freeBytes: 10_000_000n, totalBytes: 10_000_000n, usedByTopic: 0n }]
    const plan = saved(someOptions(), { disks })
    expect(plan.refusals).toEqual([])
    expect(refusedAt({ lanes: lanes(500, 9500) }, plan)).toEqual(['disk of broker 1'])
  })

  it('may not pass the partitions that the plan stated', () => {
    expect(refusedAt({ partitionsByBroker: { '1': 3990 } })).toEqual(['partitions of broker 1'])
  })
})

describe('the plan to run now', () => {
  it('keeps run, names and choices, and takes the marks of now', () => {
    const chosen = someOptions({
      factor: 4,
      order: 'none',
      rate: { messages: 500 },
      compress: 'lz4',
      first: 10,
      lanesGroup: 'fast',
    })
    const plan = saved(chosen)
    const now = replan(plan, aSurvey({ lanes: lanes(600, 2000) }), LATER)
    expect(now).toMatchObject({
      run: plan.run,
      target: plan.target,
      targetTopic: plan.targetTopic,
      factor: 4,
      order: 'none',
      rate: { messages: 500 },
      compress: 'lz4',
      first: 10,
      lanesGroup: 'fast',
      plannedAt: LATER.now.toISOString(),
    })
    expect(now.lanes[0]).toMatchObject({ from: '600', to: '2000' })
    expect(verifyPlan(toPrettyJson(now)).digest).toBe(now.digest)
    expect(now.digest).not.toBe(plan.digest)
  })

  it('is the same plan where nothing has changed', () => {
    const plan = planDrain(aSurvey(), someOptions())
    expect(replan(plan, aSurvey(), { now: NOON })).toEqual(plan)
  })

  it('keeps what --disk-free said', () => {
    const disks = [{ node: 1, usedByTopic: 0n }]
    const plan = saved(someOptions({ diskFree: new Map([[1, 10n ** 9n]]) }), { disks })
    expect(replan(plan, aSurvey({ disks }), LATER).refusals).toEqual([])
  })

  it('takes another rate', () => {
    expect(replan(saved(), aSurvey(), { ...LATER, rate: { messages: 7 } }).rate).toEqual({ messages: 7 })
  })
})
