import { describe, expect, it } from 'vitest'
import { planDrain } from '../../../src/drain/plan.js'
import { drainRefusals, toRefusal } from '../../../src/drain/refusals.js'
import { aLane, aLaneWithoutCommit, aSkew, aSurvey, someOptions } from './a-survey.js'

type Given = Parameters<typeof aSurvey>[0]
const refused = (given: Given, options = someOptions()) => {
  const survey = aSurvey(given)
  return drainRefusals(survey, planDrain(survey, options))
}
const member = { id: 'm1', clientId: 'billing-1', host: '/10.0.0.7' }
const claim = { run: 'r1', topic: 'orders.spill.r1', host: 'ops2', lanes: ['0'] }

describe('a drain is refused', () => {
  it('not at all when all is well', () => {
    expect(refused({})).toEqual([])
  })

  it.each<[code: string, words: string, mayClear: boolean, given: Given]>([
    [
      'group-live',
      'billing has 1 live member: billing-1 at 10.0.0.7',
      true,
      { group: { verdict: 'live', members: [member] } },
    ],
    [
      'group-unsure',
      'Nothing proves that billing is idle: state Dead',
      true,
      { group: { verdict: 'unsure', state: 'Dead' } },
    ],
    ['no-protocol', 'offsets but no protocol type', false, { group: { protocolType: '' } }],
    ['offsets-move', 'moved within 10 s on partitions 0, 2', true, { movesWithoutMembers: ['0', '2'] }],
    ['claimed', 'claimed by run r1 on host ops2, temporary topic orders.spill.r1', false, { claim }],
    ['claimed', 'which works orders itself (fanout or discard)', false, { claim: { ...claim, topic: '-' } }],
    ['share-group', 'share group', false, { group: { protocol: 'share' } }],
    ['offline', 'no leader', true, { topic: { offline: ['1'] } }],
    [
      'beyond-end',
      '900, lies beyond the end of the log, 700',
      false,
      { lanes: [aLane(0, { committed: '900', end: '700' })] },
    ],
    ['lane-without-commit', 'no offset here, and 1,500 messages', false, { lanes: [aLane(0), aLaneWithoutCommit(1)] }],
    ['unknown-codec', 'codec 7', false, { skew: aSkew({ codecs: { 'codec 7': 1 } }) }],
    [
      'no-transactions',
      'their state wants 3 replicas, 2 in sync, and 1 broker is up',
      false,
      { clusterSettings: { 'transaction.state.log.replication.factor': '3', 'transaction.state.log.min.isr': '2' } },
    ],
  ])('with %s: %s', (code, words, mayClear, given) => {
    const [refusal, ...others] = refused(given)
    expect(refusal).toMatchObject({ code, mayClear })
    expect(refusal?.message).toContain(words)
    expect(refusal?.hint).not.toBe('')
    expect(others).toEqual([])
  })

  it('naming the partition that the offset is beyond', () => {
    const lanes = [aLane(0), aLane(1, { committed: '9000' })]
    expect(refused({ lanes }).map(({ at }) => at)).toEqual(['partition 1'])
  })

  it('where following the tail can never end', () => {
    const lanes = [aLane(0, { growth: 500 })]
    const options = someOptions({ until: 'caught-up', rate: { messages: 400 } })
    expect(refused({ lanes }, options)[0]?.code).toBe('never-catches-up')
  })

  it('for all reasons at once', () => {
    const refusals = refused({ group: { verdict: 'live', members: [member] }, topic: { offline: ['1', '2'] } })
    expect(refusals.map(({ code }) => code)).toEqual(['group-live', 'offline', 'offline'])
  })
})

describe('the command of a refusal', () => {
  it('can be pasted as it stands', () => {
    const tool = 'kafka-consumer-groups.sh --bootstrap-server one:9092 --group billing --topic'
    const [beyond] = refused({ lanes: [aLane(1, { committed: '9000' })] })
    expect(beyond?.hint).toContain(`: \`${tool} orders:1 --reset-offsets --to-offset N --execute\``)
    const [bare] = refused({ lanes: [aLane(0), aLaneWithoutCommit(1)] })
    expect(bare?.hint).toContain(`: \`${tool} orders:1 --reset-offsets --to-earliest --execute\``)
  })
})

describe('a drain is not refused', () => {
  it('for an empty protocol type where the operator vouches for the consumers', () => {
    expect(refused({ group: { protocolType: '' } }, someOptions({ consumersStopped: true }))).toEqual([])
  })

  it('for the missing protocol type of a group of the newer protocol', () => {
    expect(refused({ group: { protocol: 'consumer', protocolType: '' } })).toEqual([])
  })

  it('for impossible transactions when it counts', () => {
    const clusterSettings = { 'transaction.state.log.replication.factor': '3' }
    expect(refused({ clusterSettings }, someOptions({ guarantee: 'counting' }))).toEqual([])
  })

  it('for one broker of three that is down', () => {
    const brokers = [1, 2].map(node => ({ node, host: `b${node}`, port: 9092 }))
    const clusterSettings = { 'transaction.state.log.replication.factor': '3', 'transaction.state.log.min.isr': '2' }
    expect(refused({ brokers, clusterSettings })).toEqual([])
  })
})

it('becomes one error with exit code 4 and every detail', () => {
  const [first, ...rest] = refused({ group: { verdict: 'live', members: [member] }, topic: { offline: ['1'] } })
  if (first === undefined) throw new Error('nothing was refused')
  const error = toRefusal([first, ...rest])
  expect(error).toMatchObject({ exitCode: 4, code: 'group-live' })
  expect(error.message).toContain('(and 1 more)')
  expect(error.details).toHaveLength(2)
  expect(error.details[0]).toEqual({ message: expect.stringMatching(/live member.*\. Stop its consumers/) })
  expect(error.details[1]).toEqual({
    at: 'partition 1',
    message: expect.stringMatching(/no leader.*\. Bring its brokers back/),
  })
  expect(error.hint).toContain('Clear all of these')
  expect(toRefusal([first]).hint).toBe(first.hint)
})
