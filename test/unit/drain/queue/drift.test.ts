import { describe, expect, it } from 'vitest'
import { queueDrift, replanQueue } from '../../../../src/drain/queue/drift.js'
import { planQueueDrain } from '../../../../src/drain/queue/plan.js'
import { aBlindSurvey, aNode, aQueueSurvey, NOON, someQueueOptions } from './a-queue-survey.js'

type Given = Parameters<typeof aQueueSurvey>[0]
const plan = planQueueDrain(aQueueSurvey(), someQueueOptions({ key: 'routing-key' }))
const drifted = (now: Given, again = {}) => queueDrift(plan, aQueueSurvey(now), { now: NOON, ...again })
const at = (now: Given, again = {}) => drifted(now, again).refusals.map(each => each.at)

describe('queueDrift', () => {
  it('finds nothing where nothing changed', () => {
    expect(drifted({})).toEqual({ refusals: [], changes: [] })
  })

  it('refuses another cluster, type, argument or policy in force', () => {
    expect(at({ clusterName: 'rabbit@two' })).toEqual(['cluster name'])
    expect(at({ queue: { type: 'quorum' } })).toEqual(['queue type'])
    const own = { 'x-queue-type': 'classic', 'x-message-ttl': 5 }
    expect(at({ queue: { arguments: own } })).toEqual(['argument x-message-ttl'])
    expect(drifted({ queue: { definition: { 'max-length': 5 } } }).refusals).toEqual([
      { at: 'policy setting max-length', message: 'planned none / now 5' },
    ])
  })

  it('compares no arguments that one side could not see', () => {
    expect(queueDrift(plan, aBlindSurvey(), { now: NOON }).refusals).toEqual([])
  })

  it('refuses a queue that lost messages, and takes growth for none', () => {
    expect(at({ total: { ready: 79_000n } })).toEqual(['volume'])
    expect(at({ total: { ready: 81_000n } })).toEqual([])
    expect(at({ total: { ready: 500_000n } })).toEqual([])
    expect(at({ total: { ready: 79_000n } }, { maxDriftPercent: 30 })).toEqual([])
  })

  it('refuses what would take more disk than the plan said', () => {
    const small = planQueueDrain(aQueueSurvey({ nodes: [aNode({ diskFree: 400_000_000n })] }), someQueueOptions())
    const now = aQueueSurvey({ total: { ready: 500_000n, bytes: 512_000_000n } })
    expect(queueDrift(small, now, { now: NOON }).refusals.map(each => each.at)).toEqual(['disk of rabbit@one'])
  })

  it('shows what changed as planned / now', () => {
    const { changes } = drifted({ total: { ready: 110_000n, bytes: 112_640_000n } })
    expect(changes[0]).toEqual({ what: 'messages', planned: '100,000', now: '110,000' })
  })

  it('plans anew with the same names and choices', () => {
    const again = replanQueue(plan, aQueueSurvey({ total: { ready: 5n } }), { now: NOON })
    expect(again.laneQueues).toEqual(plan.laneQueues)
    expect([again.key, again.lanes[0]?.to]).toEqual(['routing-key', '5'])
  })
})
