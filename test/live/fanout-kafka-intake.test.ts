import { Kafka, logLevel, type PartitionAssigner, PartitionAssigners } from 'kafkajs'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { describeGroup } from '../../src/brokers/kafka/admin/describe-group.js'
import { listOffsets } from '../../src/brokers/kafka/admin/list-offsets.js'
import { committedOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { openKafkaSender } from '../../src/brokers/kafka/work/kafka-sender.js'
import type { Message } from '../../src/core/message.js'
import { UncarriableError } from '../../src/fanout/ports.js'
import { aTopicOf, type Broker, eventually, onLink, WorkerPool } from './fanout-kafka-harness.js'
import { CONSUME } from './fault-harness.js'
import { spawnJava } from './kafka-lab.js'

const pool = new WorkerPool()
afterEach(() => pool.end())

describe.each(['4.1', '3.9'] as const)('members on Kafka %s', version => {
  const broker: Broker = version === '4.1' ? inject('kafka41') : inject('kafka39')

  it('one reads everything once, and leaves every lane closed at its end', async () => {
    const scene = await aTopicOf(broker, {
      records: 20_000,
      partitions: 6,
      transactions: 500,
      aborts: 0.2,
      codec: 'mixed',
    })
    const worker = pool.start(scene)
    await worker.ended
    expect(pool.seen(scene)).toEqual({ messages: 20_000, distinct: 20_000 })
    const commits = await onLink(broker, link => committedOffsets(link, scene.group, { topic: scene.topic }))
    const ends = await onLink(broker, link => listOffsets(link, scene.topic, [0, 1, 2, 3, 4, 5], 'latest'))
    for (const [partition, { offset, metadata }] of commits.get(scene.topic) ?? []) {
      expect({ partition, offset }).toEqual({ partition, offset: ends.get(partition)?.offset })
      expect(metadata).toMatch(/^spillway-fanout RUN \S+ closed a=100 t=\S+$/)
    }
    expect((await onLink(broker, link => describeGroup(link, scene.group))).members).toEqual([])
  })

  it('two share the lanes, and each sees what the other finishes', async () => {
    const scene = await aTopicOf(broker, { records: 60_000, partitions: 6 })
    const workers = [pool.start(scene, { pauseMs: 600 }), pool.start(scene, { pauseMs: 600 })]
    await Promise.all(workers.map(({ ended }) => ended))
    expect(pool.seen(scene)).toEqual({ messages: 60_000, distinct: 60_000 })
    for (const { messages, finished, told } of workers) {
      expect(messages).toBeGreaterThan(10_000)
      expect([...new Set([...finished, ...told])].sort()).toEqual(['0', '1', '2', '3', '4', '5'])
    }
  })

  it('loses and doubles nothing while members come and go', async () => {
    const scene = await aTopicOf(broker, { records: 30_000, partitions: 6 })
    const patient = pool.start(scene, { pauseMs: 400 })
    for (let round = 0; round < 6; round++) {
      const passing = pool.start(scene, { pauseMs: 400 })
      await eventually(() => passing.messages > 0 || passing.done || patient.done, 20_000)
      passing.stop()
      await passing.ended
    }
    await patient.ended
    expect(pool.seen(scene)).toEqual({ messages: 30_000, distinct: 30_000 })
    expect(pool.doubted(scene)).toEqual([])
  })

  it('tells what a member that died may have handled', async () => {
    const scene = await aTopicOf(broker, { records: 4_000, partitions: 2 })
    const dying = pool.start(scene, { pauseMs: 200 })
    await eventually(() => dying.messages >= 1_000, 20_000)
    await dying.die()
    const heir = pool.start(scene)
    await heir.ended
    expect(pool.seen(scene).distinct).toBe(4_000)
    const doubted = pool.doubted(scene)
    expect(doubted.length).toBeGreaterThan(0)
    for (const { messages, why } of doubted) {
      expect(messages).toBeLessThanOrEqual(100n)
      expect(why).toMatch(/^run RUN on \S+ ended without closing it/)
    }
  })

  it('follows lanes that still grow, and ends once they are whole', async () => {
    const scene = await aTopicOf(broker, { records: 300, partitions: 3 })
    let whole = false
    const worker = pool.start(scene, { isWhole: () => whole })
    await eventually(() => worker.messages >= 300, 20_000)
    await onLink(broker, async link => {
      await using sender = await openKafkaSender({ link, topic: scene.topic })
      await Promise.all(Array.from({ length: 30 }, (_, i) => sender.send(aMessage({ key: Buffer.from(`${i}`) }))))
    })
    await eventually(() => worker.messages >= 330, 20_000)
    expect(worker.finished).toEqual([])
    whole = true
    await worker.ended
    expect([...worker.finished].sort()).toEqual(['0', '1', '2'])
  })

  it('shares lanes with a member of kafkajs', async () => {
    const scene = await aTopicOf(broker, { records: 12_000, partitions: 4 })
    const kafka = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING })
    const consumer = kafka.consumer({
      groupId: scene.group,
      maxBytesPerPartition: 16_384,
      partitionAssigners: [PartitionAssigners.roundRobin],
    })
    const others = new Set<string>()
    await consumer.connect()
    await consumer.subscribe({ topic: scene.topic, fromBeginning: true })
    await consumer.run({
      partitionsConsumedConcurrently: 4,
      eachMessage: async ({ partition, message }) => {
        others.add(`${scene.topic}/${partition}/${message.offset}`)
        await new Promise(resolve => setTimeout(resolve, 5))
      },
    })
    try {
      await eventually(() => others.size > 0, 20_000)
      const worker = pool.start(scene, { pauseMs: 100 })
      await worker.ended
      expect(worker.messages).toBeGreaterThan(0)
      const all = new Set([...pool.ids(scene), ...others])
      expect(all.size).toBe(12_000)
    } finally {
      await consumer.disconnect()
    }
  })

  it('sends byte for byte, and refuses only what can never be carried', async () => {
    const scene = await aTopicOf(broker, { records: 0, partitions: 3 })
    const headers = [
      ['b', Buffer.from('1')],
      ['a', null],
      ['b', Buffer.alloc(0)],
      [Buffer.from([0xff, 0xfe]), Buffer.from('z')],
    ] as const
    const sent = [
      aMessage({ key: Buffer.from('k'), value: Buffer.from('v'), headers, timestamp: 123_456 }),
      aMessage({ key: Buffer.alloc(0), value: null, timestamp: 1 }),
      aMessage({ key: null, value: Buffer.alloc(0), timestamp: 2 }),
    ]
    await onLink(broker, async link => {
      await using sender = await openKafkaSender({ link, topic: scene.topic })
      const large = sender.send(aMessage({ key: Buffer.from('k'), value: Buffer.alloc(3_000_000) }))
      await expect(large).rejects.toThrow(UncarriableError)
      await Promise.all(sent.map(message => sender.send(message)))
      const many = Array.from({ length: 5_000 }, (_, i) =>
        sender.send(aMessage({ key: Buffer.from(`key-${i}`), value: Buffer.from('m') })),
      )
      await Promise.all(many)
    })
    const worker = pool.start(scene)
    await worker.ended
    expect(worker.messages).toBe(5_003)
    const got = worker.kept.filter(({ value }) => value?.toString() !== 'm')
    const plain = ({ key, value, headers, timestamp }: Message) => ({ key, value, headers, timestamp })
    const byTime = (a: Message, b: Message) => a.timestamp - b.timestamp
    expect(got.sort(byTime).map(plain)).toEqual([...sent].sort(byTime).map(plain))
  })
})

describe('a group that cannot be shared', () => {
  it('is refused where its members use the new group protocol', async () => {
    const broker = inject('kafka41')
    const scene = await aTopicOf(broker, { records: 10, partitions: 1 })
    const { child, finished } = spawnJava(broker, CONSUME, [
      broker.brokers.join(','),
      scene.topic,
      scene.group,
      'consumer',
    ])
    try {
      const there = async () => (await onLink(broker, link => describeGroup(link, scene.group))).members.length > 0
      await eventually(there, 30_000)
      await expect(pool.start(scene).ended).rejects.toMatchObject({ code: 'group-protocol', exitCode: 4 })
    } finally {
      child.kill('SIGKILL')
      await finished
    }
  })

  it('is refused where its members use an assignor that we do not know', async () => {
    const broker = inject('kafka41')
    const scene = await aTopicOf(broker, { records: 10, partitions: 1 })
    const kafka = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING })
    const own: PartitionAssigner = config => ({ ...PartitionAssigners.roundRobin(config), name: 'MineAlone' })
    const consumer = kafka.consumer({ groupId: scene.group, partitionAssigners: [own] })
    await consumer.connect()
    await consumer.subscribe({ topic: scene.topic })
    await consumer.run({ eachMessage: async () => undefined })
    try {
      await eventually(
        async () => (await onLink(broker, link => describeGroup(link, scene.group))).state === 'Stable',
        20_000,
      )
      await expect(pool.start(scene).ended).rejects.toMatchObject({ code: 'group-protocol', exitCode: 4 })
    } finally {
      await consumer.disconnect()
    }
  })
})

const aMessage = (more: Partial<Message>): Message => ({
  id: 'x',
  key: null,
  value: null,
  headers: [],
  timestamp: -1,
  target: 'q',
  lane: 'q',
  mark: '1',
  size: 0,
  ...more,
})
