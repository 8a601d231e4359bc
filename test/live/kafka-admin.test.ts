import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { clusterSettings, topicSettings } from '../../src/brokers/kafka/admin/configs.js'
import { findCoordinator } from '../../src/brokers/kafka/admin/coordinator.js'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { deleteGroup, deleteGroupOffsets, deleteRecords, deleteTopic } from '../../src/brokers/kafka/admin/deletions.js'
import { describeGroup } from '../../src/brokers/kafka/admin/describe-group.js'
import { listGroups } from '../../src/brokers/kafka/admin/list-groups.js'
import { listOffsets } from '../../src/brokers/kafka/admin/list-offsets.js'
import { logDirs } from '../../src/brokers/kafka/admin/log-dirs.js'
import { commitOffsets, committedOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { openTransactions } from '../../src/brokers/kafka/admin/open-transactions.js'
import { patiently } from '../../src/brokers/kafka/admin/patiently.js'
import { provePermissions } from '../../src/brokers/kafka/admin/permissions.js'
import { describeTopic, internalTopicExists, listTopics } from '../../src/brokers/kafka/admin/topics.js'
import { connect, type Link } from '../../src/brokers/kafka/link.js'
import { fetchRecords } from '../../src/brokers/kafka/wire/fetch.js'
import { produceBatches } from '../../src/brokers/kafka/wire/produce.js'
import * as txn from '../../src/brokers/kafka/wire/transactions.js'
import type { KafkaPlan } from '../../src/core/plan.js'
import { spawnJava, withKafka } from './kafka-lab.js'
import { oneBatch } from './one-batch.js'

const MEMBER = fileURLToPath(new URL('./java/GroupMember.java', import.meta.url))
const fresh = (what: string) => `${what}-${randomUUID().slice(0, 8)}`

describe.each(['kafka41', 'kafka39'] as const)('the admin layer on %s', key => {
  const shared = inject(key)
  let link: Link
  const topic = fresh('admin')
  beforeAll(async () => {
    link = await connect({ brokers: shared.brokers })
    await createTopic(link, { name: topic, partitions: 2, replication: 1, settings: { 'retention.ms': '-1' } })
  })
  afterAll(() => link[Symbol.asyncDispose]())

  const produce = async (batch: Buffer, transactionalId: string | null = null) => {
    const wire = await link.wire((await describeTopic(link, topic))?.partitions[0]?.leader ?? -1, 'produce')
    const entries = [{ partition: 0, batch }]
    return produceBatches(wire, { topic, transactionalId, acks: -1, timeoutMs: 5000, entries })
  }

  it('creates nothing for a topic that is not there', async () => {
    expect(await describeTopic(link, 'odrers')).toBeUndefined()
    await expect(listOffsets(link, 'odrers', [0], 'latest')).rejects.toMatchObject({ code: 'no-topic', exitCode: 2 })
    await expect(topicSettings(link, 'odrers')).rejects.toMatchObject({ code: 'no-topic' })
    expect((await listTopics(link)).topics.map(each => each.name)).not.toContain('odrers')
  })

  it('creates, describes and deletes a topic by its id', async () => {
    const name = fresh('short')
    const made = await createTopic(link, { name, partitions: 3, replication: -1, settings: {} })
    expect(made?.partitions.map(p => p.partition)).toEqual([0, 1, 2])
    await deleteTopic(link, name, 'AAAAAAAAAAAAAAAAAAAAAg')
    expect(await describeTopic(link, name)).toMatchObject({ id: made?.id })
    await deleteTopic(link, name, made?.id)
    await expect.poll(() => describeTopic(link, name)).toBeUndefined()
  })

  it('takes a topic that a rival has just made for proof of the right to make it', async () => {
    const lanes = [{ lane: '0', from: '0' }]
    const names = { sourceTopic: topic, targetTopic: topic, group: fresh('rival'), run: 'rival', targetLanes: 2 }
    const plan = {
      ...names,
      lanes,
      replication: 1,
      topicSettings: {},
      guarantee: 'transactions',
    } as unknown as KafkaPlan
    await expect(provePermissions({ plan, source: link, target: link })).resolves.toBeUndefined()
  })

  it('proves a creation without creating, and says why not', async () => {
    const name = fresh('never')
    await createTopic(link, { name, partitions: 1, replication: 1, settings: {}, validateOnly: true })
    expect(await describeTopic(link, name)).toBeUndefined()
    const wide = createTopic(link, { name, partitions: 1, replication: 9, settings: {} })
    await expect(wide).rejects.toMatchObject({ code: 'INVALID_REPLICATION_FACTOR', retry: false })
  })

  it('produces, fetches, finds offsets and lets records go', async () => {
    const first = (await produce(oneBatch(['a', 'b', 'c'])))[0]
    expect(first).toMatchObject({ partition: 0, error: 0 })
    const offset = Number(first?.baseOffset)
    const partitions = [{ partition: 0, offset }]
    const limits = { maxBytes: 1 << 20, partitionBytes: 1 << 20, isolation: 1, maxWaitMs: 1000, minBytes: 1 } as const
    const [got] = await fetchRecords(await link.wire(1, 'fetch'), { topic, partitions, ...limits })
    expect(got).toMatchObject({ error: 0, highWatermark: offset + 3 })
    expect(got?.records.readInt32BE(57)).toBe(3)
    expect((await listOffsets(link, topic, [0, 1], 'latest')).get(0)?.offset).toBe(offset + 3)
    expect((await listOffsets(link, topic, [0], Date.now() + 60_000)).get(0)?.offset).toBe(-1)
    expect(await deleteRecords(link, topic, new Map([[0, offset + 1]]))).toEqual(new Map([[0, offset + 1]]))
    expect((await listOffsets(link, topic, [0], 'earliest')).get(0)?.offset).toBe(offset + 1)
  })

  it('reads settings and disks', async () => {
    expect(await topicSettings(link, topic)).toMatchObject({ 'retention.ms': '-1' })
    expect(await clusterSettings(link, 1)).toMatchObject({ 'auto.create.topics.enable': 'true' })
    const [disk] = await logDirs(link, topic)
    expect(disk?.dirs[0]?.freeBytes).toBeGreaterThan(0n)
    expect([...(disk?.topicBytes.keys() ?? [])].sort()).toEqual([0, 1])
  })

  it('commits for a group without joining it, and forgets again', async () => {
    const group = fresh('simple')
    await commitOffsets(link, group, topic, [{ partition: 1, offset: 7, metadata: 'claim' }])
    const committed = await committedOffsets(link, group, { topic, stable: true })
    expect(committed.get(topic)?.get(1)).toMatchObject({ offset: 7, metadata: 'claim' })
    expect(await describeGroup(link, group)).toMatchObject({ exists: true, verdict: 'idle', state: 'Empty' })
    expect((await listGroups(link)).map(each => each.id)).toContain(group)
    await deleteGroupOffsets(link, group, topic)
    expect(await committedOffsets(link, group)).toEqual(new Map())
    await deleteGroup(link, group)
    expect(await describeGroup(link, group)).toMatchObject({ exists: false, verdict: 'idle' })
  })

  it('waits for the open transaction that holds the offsets of a group, and names it', async () => {
    const [transactionalId, group] = [fresh('txn'), fresh('group')]
    const wire = await link.wire(await findCoordinator(link, transactionalId, 'transaction'))
    const producer = await patiently(link, () => txn.initProducerId(wire, { transactionalId, timeoutMs: 30_000 }))
    const mine = { ...producer, transactionalId }
    await txn.addPartitionsToTxn(wire, { ...mine, topic, partitions: [0] })
    expect(await produce(oneBatch(['x'], { ...producer, sequence: 0 }), transactionalId)).toMatchObject([{ error: 0 }])
    await txn.addOffsetsToTxn(wire, { ...mine, group })
    const groupWire = await link.wire(await findCoordinator(link, group, 'group'))
    const entries = [{ partition: 0, offset: 5, metadata: 'in the transaction' }]
    await patiently(link, () => txn.txnOffsetCommit(groupWire, { ...mine, group, topic, entries }))
    const [open] = await openTransactions(link, { topic, partition: 0 })
    expect(open).toMatchObject({ transactionalId, producerId: producer.producerId, state: 'Ongoing' })
    const stable = committedOffsets(link, group, { topic, stable: true })
    expect(await committedOffsets(link, group, { topic })).toEqual(new Map())
    await txn.endTxn(wire, { ...mine, commit: true })
    expect((await stable).get(topic)?.get(0)).toMatchObject({ offset: 5, metadata: 'in the transaction' })
    await patiently(link, () => txn.initProducerId(wire, { transactionalId, timeoutMs: 30_000 }))
    const fenced = txn.addPartitionsToTxn(wire, { ...mine, topic, partitions: [0] })
    await expect(fenced).rejects.toMatchObject({ code: expect.stringMatching(/FENCED|EPOCH/), retry: false })
  })

  const protocols = key === 'kafka41' ? ['classic', 'consumer'] : ['classic']
  it.each(protocols)('sees the live members of a %s group, and moves nothing under them', async protocol => {
    const group = fresh(protocol)
    const member = spawnJava(shared, MEMBER, [shared.brokers.join(','), topic, group, protocol])
    try {
      const state = async () => (await describeGroup(link, group)).state
      await expect.poll(state, { timeout: 30_000, interval: 200 }).toBe('Stable')
      expect(await describeGroup(link, group)).toMatchObject({ protocol, verdict: 'live' })
      const move = commitOffsets(link, group, topic, [{ partition: 0, offset: 0, metadata: '' }])
      await expect(move).rejects.toMatchObject({ code: 'UNKNOWN_MEMBER_ID' })
      await expect(deleteGroup(link, group)).rejects.toMatchObject({ code: 'NON_EMPTY_GROUP' })
    } finally {
      member.child.kill('SIGKILL')
      await member.finished
    }
  })
})

describe('a cluster that never had a group', () => {
  it('is asked for groups without creating its internal topics', async () => {
    await withKafka({ version: '4.1' }, async lab => {
      await using link = await connect({ brokers: lab.brokers })
      expect(await describeGroup(link, 'billing')).toMatchObject({ exists: false, verdict: 'idle', coordinator: -1 })
      expect(await committedOffsets(link, 'billing', { stable: true })).toEqual(new Map())
      expect(await internalTopicExists(link, '__consumer_offsets')).toBe(false)
      expect((await listTopics(link)).topics).toEqual([])
    })
  })
})

describe('connect', () => {
  it('names each broker that it tried', async () => {
    const refused = connect({ brokers: ['127.0.0.1:1', '127.0.0.1:2'] })
    await expect(refused).rejects.toMatchObject({
      code: 'unreachable',
      exitCode: 2,
      message: expect.stringMatching(/127.0.0.1:1:.*127.0.0.1:2:/),
    })
  })

  it('tells TLS against a plain listener', async () => {
    const mistaken = connect({ brokers: inject('kafka41').brokers, tls: true })
    await expect(mistaken).rejects.toMatchObject({ code: 'tls-mismatch', exitCode: 2 })
  })
})
