import { describe, expect, it } from 'vitest'
import { collide, temporaryPrefix, temporaryTopic } from '../../../src/core/temporary-topic.js'
import { planDrain } from '../../../src/drain/plan.js'
import { aSkew, aSurvey, someOptions } from './a-survey.js'
import { anotherCluster } from './another-cluster.js'

const settingsOf = (...given: Parameters<typeof planDrain>) => planDrain(...given).topicSettings

describe('the name of the temporary topic', () => {
  it('is SOURCE.spill.RUN, on the cluster of the source', () => {
    const plan = planDrain(aSurvey({ source: 'kafka://one:9092,two:9092/orders?group=a/b' }), someOptions())
    expect(plan.targetTopic).toBe('orders.spill.20261121-1200-k3f9')
    expect(plan.target).toBe('kafka://one:9092,two:9092/orders.spill.20261121-1200-k3f9')
  })

  it('keeps the short form of a named cluster', () => {
    expect(planDrain(aSurvey({ source: 'prod/orders?group=g' }), someOptions()).target).toBe(
      'prod/orders.spill.20261121-1200-k3f9',
    )
  })

  it('stays within 249 characters, and apart for two long names', () => {
    const [a, b] = [`${'x'.repeat(248)}a`, `${'x'.repeat(248)}b`]
    const run = 'r'.repeat(64)
    expect(temporaryTopic(a, run)).toHaveLength(249)
    expect(temporaryTopic(a, run)).not.toBe(temporaryTopic(b, run))
    expect(temporaryTopic(a, run).startsWith(temporaryPrefix(a))).toBe(true)
  })

  it('sees a clash of "." with "_"', () => {
    expect(collide('a.b_c', 'a_b.c')).toBe(true)
    const survey = aSurvey({ temporaryTopics: ['orders_spill_20261121-1200-k3f9'] })
    expect(planDrain(survey, someOptions()).refusals[0]).toContain('is there already')
  })
})

describe('the settings of the temporary topic', () => {
  it('let nothing expire, be compacted or be restamped', () => {
    expect(settingsOf(aSurvey(), someOptions())).toMatchObject({
      'cleanup.policy': 'delete',
      'retention.ms': '-1',
      'retention.bytes': '-1',
      'message.timestamp.type': 'CreateTime',
      'compression.type': 'producer',
      'unclean.leader.election.enable': 'false',
      'message.timestamp.before.max.ms': '9223372036854775807',
      'message.timestamp.after.max.ms': '9223372036854775807',
    })
  })

  it('use the one timestamp limit that older brokers know', () => {
    const settings = settingsOf(
      aSurvey({ topic: { settings: { 'message.timestamp.difference.max.ms': '5' } } }),
      someOptions(),
    )
    expect(settings['message.timestamp.difference.max.ms']).toBe('9223372036854775807')
    expect(settings).not.toHaveProperty(['message.timestamp.before.max.ms'])
  })

  it('leave segments and tiering alone', () => {
    const names = Object.keys(settingsOf(aSurvey(), someOptions()))
    expect(names.filter(name => /^segment|^remote|^local/.test(name))).toEqual([])
  })

  it('take messages of the source size, never under what a rebuilt batch needs', () => {
    const small = { settings: { 'max.message.bytes': '100000' } }
    const skew = aSkew({ codecs: { none: 10 } })
    expect(settingsOf(aSurvey({ topic: small, skew }), someOptions())['max.message.bytes']).toBe('1048588')
    const large = { settings: { 'max.message.bytes': '5000000' } }
    expect(settingsOf(aSurvey({ topic: large, skew }), someOptions())['max.message.bytes']).toBe('5000000')
  })

  it('make room where a compressed record may be rebuilt larger', () => {
    const bytes = Number(settingsOf(aSurvey({ skew: aSkew() }), someOptions())['max.message.bytes'])
    expect(bytes).toBeGreaterThanOrEqual(10 * 1048588)
  })

  it('keep replication and min.insync.replicas of the source', () => {
    const brokers = [1, 2, 3].map(node => ({ node, host: `b${node}`, port: 9092 }))
    const plan = planDrain(aSurvey({ brokers, topic: { replication: 3, minInsync: 2 } }), someOptions())
    expect(plan.replication).toBe(3)
    expect(plan.topicSettings['min.insync.replicas']).toBe('2')
  })

  it('never ask for more replicas than there are brokers, and say so', () => {
    const plan = planDrain(aSurvey({ topic: { replication: 3, minInsync: 2 } }), someOptions())
    expect(plan.replication).toBe(1)
    expect(plan.topicSettings['min.insync.replicas']).toBe('1')
    expect(plan.warnings.join('\n')).toContain("Replication 1 instead of the source's 3")
  })
})

describe('another cluster', () => {
  const to = { kind: 'kafka' as const, brokers: ['other:9092'] }

  it('is copied to once, by counting, with its own brokers and disks', () => {
    const plan = planDrain(aSurvey(), someOptions({ to }), anotherCluster())
    expect(plan).toMatchObject({ guarantee: 'counting', targetClusterId: 'cluster-b' })
    expect(plan.target).toBe('kafka://other:9092/orders.spill.20261121-1200-k3f9')
    expect(plan.disk.map(({ node }) => node)).toEqual([7, 8])
    expect(plan.duplicatesAtMost).toContain('as long as nothing else writes')
    expect(plan.acls.join('\n')).toContain('IdempotentWrite on Cluster (target cluster)')
  })

  it('can not have a transaction across', () => {
    const plan = () => planDrain(aSurvey(), someOptions({ to, guarantee: 'transactions' }), anotherCluster())
    expect(plan).toThrow('span two clusters')
  })

  it('refuses a topic that is there', () => {
    const named = { ...to, topic: 'copy' }
    const plan = planDrain(aSurvey(), someOptions({ to: named }), anotherCluster({ topics: ['copy'] }))
    expect(plan.refusals[0]).toContain('Topic copy is there already')
  })
})
