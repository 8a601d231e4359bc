import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, inject, it } from 'vitest'
import { deleteRecords } from '../../src/brokers/kafka/admin/deletions.js'
import { listTopics } from '../../src/brokers/kafka/admin/topics.js'
import type { UserError } from '../../src/errors.js'
import { java, spawnJava, withKafka } from './kafka-lab.js'
import { commit, kafkaOf, make, measure, numbered, produce, runSurvey, withLink } from './survey-harness.js'

const GROUPS = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand'
const CONSUMER = 'org.apache.kafka.tools.consumer.ConsoleConsumer'
const HOUR = 3_600_000

describe.each(['kafka41', 'kafka39'] as const)('a survey of %s', key => {
  const shared = inject(key)
  const { brokers } = shared
  const run = `${key}-${process.pid}`

  it('tells the lags that Kafka’s own tool tells', async () => {
    const [topic, group] = [`lags-${run}`, `lags-g-${run}`]
    await withLink(brokers, async link => {
      await make(link, topic, 3)
      await produce(brokers, topic, [numbered(100), numbered(70), numbered(30)])
      await commit(link, group, topic, [10, 70, 0])
      const survey = await measure(link, topic, group)
      const told = await java(shared, GROUPS, ['--bootstrap-server', brokers.join(','), '--describe', '--group', group])
      const rows = told.stdout.split('\n').flatMap(line => {
        const cells = line.trim().split(/\s+/)
        return cells[1] === topic ? [[cells[2], cells[3], cells[4], cells[5]]] : []
      })
      const ours = survey.lanes.map(lane => [lane.lane, lane.committed, lane.end, String(lane.lag)])
      expect(rows.sort()).toEqual(ours)
      expect(survey.total).toMatchObject({ lag: 120n, lagIsUpperBound: false, lostAlready: 0n, growth: 0, service: 0 })
      expect(survey.group).toMatchObject({ exists: true, verdict: 'idle', state: 'Empty' })
      expect(survey.skew).toMatchObject({ sampled: 120, codecs: { none: 2 } })
      expect(survey.offsetsExpireAt).toBeDefined()
      expect(survey.total.bytes).toBeGreaterThan(0n)
    })
  })

  it('reads the oldest unread age from the record itself', async () => {
    const [topic, group] = [`age-${run}`, `age-g-${run}`]
    const now = Date.now()
    await withLink(brokers, async link => {
      await make(link, topic, 1, { 'retention.ms': String(10 * HOUR) })
      const stamped = numbered(10).map((each, i) => ({ ...each, timestamp: String(now - ((10 - i) * HOUR) / 2) }))
      await produce(brokers, topic, [stamped])
      await commit(link, group, topic, [6])
      const { lanes, total } = await measure(link, topic, group)
      expect(lanes[0]?.oldestAt).toBe(new Date(now - 2 * HOUR).toISOString())
      expect(lanes[0]?.lastReadAt).toBe(new Date(now - 2.5 * HOUR).toISOString())
      expect(total.firstLossSeconds).toBeCloseTo(8 * 3600, -2)
      expect(lanes[0]?.firstLoss?.by).toBe('time')
    })
  })

  it('measures growth while a producer runs and service while offsets move, members or not', async () => {
    const [topic, group] = [`grow-${run}`, `grow-g-${run}`]
    await withLink(brokers, async link => {
      await make(link, topic, 2)
      await produce(brokers, topic, [numbered(1000), numbered(1000)])
      await commit(link, group, topic, [0, 0])
      const producer = kafkaOf(brokers).producer()
      await producer.connect()
      let going = true
      let sent = 0
      const begun = performance.now()
      const produced = (async () => {
        for (; going; sent += 50) {
          await producer.send({ topic, messages: numbered(50, { partition: 0 }) })
          await commit(link, group, topic, [sent / 10])
          await sleep(50)
        }
      })()
      const survey = await measure(link, topic, group, 3000)
      going = false
      await produced
      const rate = (sent * 1000) / (performance.now() - begun)
      await producer.disconnect()
      expect(survey.total.growth).toBeGreaterThan(rate * 0.6)
      expect(survey.total.growth).toBeLessThan(rate * 1.4)
      expect(survey.lanes[1]?.growth).toBe(0)
      expect(survey.total.service).toBeGreaterThan(0)
      expect(survey.movesWithoutMembers).toEqual(['0'])
      expect(survey.group.verdict).toBe('unsure')
      expect(survey.warnings.join()).toContain('Offsets moved without members')
    })
  })

  it('flags lags over compaction gaps as upper bounds', async () => {
    const [topic, group] = [`compact-${run}`, `compact-g-${run}`]
    await withLink(brokers, async link => {
      await make(link, topic, 1, {
        'cleanup.policy': 'compact',
        'segment.ms': '100',
        'min.cleanable.dirty.ratio': '0.001',
        'max.compaction.lag.ms': '100',
      })
      for (let i = 0; i < 4; i++) {
        await produce(brokers, topic, [numbered(50, { value: `round ${i}` })])
        await sleep(150)
      }
      await commit(link, group, topic, [0])
      await expect
        .poll(async () => (await measure(link, topic, group, 10)).skew?.sampled, { timeout: 60_000, interval: 1000 })
        .toBeLessThan(200)
      const { lanes, total, warnings } = await measure(link, topic, group)
      expect(total).toMatchObject({ lag: 200n, lagIsUpperBound: true })
      expect(lanes[0]?.holes).toEqual(['the topic is compacted'])
      expect(warnings.join()).toContain('compacted')
    })
  })

  it('names a hanging transaction, and its lag is an upper bound', async () => {
    const [topic, group, id] = [`hang-${run}`, `hang-g-${run}`, `hang-id-${run}`]
    await withLink(brokers, async link => {
      await make(link, topic, 2)
      await produce(brokers, topic, [numbered(10), numbered(10)])
      await commit(link, group, topic, [0, 0])
      const producer = kafkaOf(brokers).producer({ transactionalId: id, maxInFlightRequests: 1, idempotent: true })
      await producer.connect()
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: numbered(5, { partition: 1 }) })
      const survey = await measure(link, topic, group)
      await transaction.abort()
      await producer.disconnect()
      expect(survey.hanging).toMatchObject([{ lane: '1', transactionalId: id }])
      expect(survey.warnings.join()).toContain(id)
      expect(survey.lanes.map(lane => [lane.stableEnd, lane.end, lane.lagIsUpperBound])).toEqual([
        ['10', '10', false],
        ['10', '15', true],
      ])
    })
  })

  it('tells other topics of the group, other groups of the topic, temporary topics, and commits that are off the log', async () => {
    const [topic, other, group] = [`near-${run}`, `near-b-${run}`, `near-g-${run}`]
    await withLink(brokers, async link => {
      await make(link, topic, 3)
      await make(link, other, 1)
      await make(link, `${topic}.spill.r1`, 1)
      await produce(brokers, topic, [numbered(10), numbered(10), numbered(10)])
      await commit(link, group, topic, [5, 12])
      await commit(link, group, other, [0])
      await commit(link, `${group}-2`, topic, [1])
      await deleteRecords(link, topic, new Map([[0, 8]]))
      const survey = await measure(link, topic, group)
      expect(survey).toMatchObject({
        otherTopics: [other],
        otherGroups: [`${group}-2`],
        temporaryTopics: [`${topic}.spill.r1`],
      })
      expect(survey.lanes.map(lane => [lane.lag, lane.lostAlready, lane.beyondEnd])).toEqual([
        [2n, 3n, undefined],
        [0n, 0n, 2n],
        [10n, 0n, undefined],
      ])
      expect(survey.total).toMatchObject({ lag: 12n, lostAlready: 3n, lanesWithoutCommit: 1 })
      expect(survey.warnings.join('\n')).toMatch(
        /3 messages were deleted[\s\S]*beyond the end[\s\S]*No committed offset on 1 partition/,
      )
    })
  })

  it('sees the members of a live classic group', async () => {
    const [topic, group] = [`live-${run}`, `live-g-${run}`]
    await withLink(brokers, async link => {
      await make(link, topic, 1)
      const consumer = kafkaOf(brokers).consumer({ groupId: group })
      await consumer.connect()
      await make(link, `${topic}-b`, 1)
      await consumer.subscribe({ topics: [topic, `${topic}-b`] })
      await consumer.run({ eachMessage: async () => undefined })
      await expect
        .poll(async () => (await measure(link, topic, group, 10)).group.state, { timeout: 30_000 })
        .toBe('Stable')
      const { group: view, offsetsExpireAt, otherTopics } = await measure(link, topic, group, 10)
      await consumer.disconnect()
      expect(view).toMatchObject({ verdict: 'live', protocol: 'classic', members: [{ clientId: 'survey-test' }] })
      expect(offsetsExpireAt).toBeUndefined()
      expect(otherTopics).toEqual([`${topic}-b`])
    })
  })

  it('says a typo with the name that was meant, and creates nothing', async () => {
    await withLink(brokers, async link => {
      await make(link, `invoices-${run}`, 1)
      const names = async () => (await listTopics(link)).topics.map(topic => topic.name).sort()
      const before = await names()
      const begun = performance.now()
      const failure = await runSurvey([`kafka://${brokers[0]}/invoises-${run}?group=g`]).catch(
        (error: UserError) => error,
      )
      expect(failure).toMatchObject({ exitCode: 2, hint: `Did you mean invoices-${run}? Nothing was created.` })
      expect(performance.now() - begun).toBeLessThan(15_000)
      expect(await names()).toEqual(before)
    })
  })

  it('prints the answer first as text, one document as JSON, and an array for several sources', async () => {
    const [topic, group] = [`print-${run}`, `print-g-${run}`]
    await withLink(brokers, async link => {
      await make(link, topic, 1)
      await produce(brokers, topic, [numbered(10)])
      await commit(link, group, topic, [4])
    })
    const source = `kafka://${brokers[0]}/${topic}?group=${group}`
    const text = await runSurvey([source], { serviceRate: 100 })
    expect(text.exitCode).toBe(0)
    expect(text.out.split('\n')[1]).toMatch(/^BACKLOG {4}6 unread/)
    const [json, both] = await Promise.all([
      runSurvey([source], { json: true }),
      runSurvey([source, source], { json: true }),
    ])
    expect(JSON.parse(json.out)).toMatchObject({ source, total: { lag: '6' }, waysOut: [{ name: 'wait' }, {}, {}, {}] })
    expect(JSON.parse(both.out)).toHaveLength(2)
  })

  it('watches until it is stopped, and exits 0 then', async () => {
    const [topic, group] = [`watch-${run}`, `watch-g-${run}`]
    await withLink(brokers, async link => {
      await make(link, topic, 1)
      await commit(link, group, topic, [0])
    })
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('stopped')), 3000)
    const source = `kafka://${brokers[0]}/${topic}?group=${group}`
    const { out, exitCode } = await runSurvey([source], { watch: true, windowMs: 300, soft: stop.signal })
    expect(exitCode).toBe(0)
    expect(out.trim().split('\n').length).toBeGreaterThan(1)
    expect(out).toMatch(/: 0 unread, grows 0\/s, read 0\/s, group Empty, 0 members\n/)
  })
})

describe('a survey of Kafka 4.1', () => {
  it('sees the members of a live KIP-848 group', async () => {
    const shared = inject('kafka41')
    const [topic, group] = [`new-${process.pid}`, `new-g-${process.pid}`]
    await withLink(shared.brokers, async link => {
      await make(link, topic, 1)
      const flags = ['--bootstrap-server', shared.brokers.join(','), '--topic', topic, '--group', group]
      const consumer = spawnJava(shared, CONSUMER, [...flags, '--consumer-property', 'group.protocol=consumer'])
      try {
        await expect
          .poll(async () => (await measure(link, topic, group, 10)).group, { timeout: 60_000, interval: 500 })
          .toMatchObject({ verdict: 'live', protocol: 'consumer', members: [{ host: '/127.0.0.1', topics: [topic] }] })
      } finally {
        consumer.child.kill('SIGTERM')
        await consumer.finished
      }
    })
  })

  it('leaves a cluster that never had a group without internal topics', async () => {
    await withKafka({ version: '4.1' }, async lab =>
      withLink(lab.brokers, async link => {
        await make(link, 'orders', 1)
        const survey = await measure(link, 'orders', 'nobody')
        expect(survey.group.exists).toBe(false)
        expect(survey.warnings.join()).toContain('Group nobody is not known')
        await expect(measure(link, 'ordres', 'nobody')).rejects.toMatchObject({ exitCode: 2 })
        const { topics } = await listTopics(link)
        expect(topics.map(topic => topic.name)).toEqual(['orders'])
      }),
    )
  })
})
