import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { onLink } from './drain-harness.js'
import { spillway } from './kafka-lab.js'

const ORDERS = 10_000
const LOST = 1000

describe.each(['kafka41', 'kafka39'] as const)('reconcile with a topic of %s', version => {
  const broker = inject(version)
  const topic = `reconcile-${process.pid}`
  const client = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING })
  const message = (id: number) => ({
    key: `order-${id}`,
    value: JSON.stringify({ order: { id } }),
    headers: { 'order-id': String(id) },
  })
  const lost = Array.from({ length: LOST }, (_, at) => at * 10 + 7)
  let home: string

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'spillway-reconcile-'))
    await onLink(broker, link => createTopic(link, { name: topic, partitions: 3, replication: 1, settings: {} }))
    const all = Array.from({ length: ORDERS }, (_, id) => id)
    await writeFile(join(home, 'orders.csv'), `id,name\n${all.map(id => `${id},order-${id}\n`).join('')}`)
    const gone = new Set(lost)
    const plain = client.producer()
    await plain.connect()
    await plain.send({ topic, messages: all.filter(id => !gone.has(id)).map(message) })
    await plain.disconnect()
    const producer = client.producer({ transactionalId: `${topic}-tx`, maxInFlightRequests: 1, idempotent: true })
    await producer.connect()
    const aborted = await producer.transaction()
    await aborted.send({ topic, messages: lost.map(message) })
    await aborted.abort()
    const twice = await producer.transaction()
    await twice.send({ topic, messages: [message(1), message(2), { key: null, value: 'no id' }] })
    await twice.commit()
    await producer.disconnect()
  })
  afterAll(() => rm(home, { recursive: true }))

  const groups = async () => {
    const admin = client.admin()
    await admin.connect()
    const found = (await admin.listGroups()).groups.map(({ groupId }) => groupId).sort()
    await admin.disconnect()
    return found
  }

  it.each([
    ['key', 'name', (id: number) => `order-${id}`],
    ['header:order-id', 'id', String],
    ['json:/order/id', 'id', String],
  ] as const)('finds exactly the orders that readers never see, by %s', async (seenId, key, idOf) => {
    const before = await groups()
    const seen = `kafka://${broker.brokers.join(',')}/${topic}`
    const expected = `file:${join(home, 'orders.csv')}`
    const args = ['reconcile', '--expected', expected, '--key', key, '--seen', seen, '--seen-id', seenId]
    const { code, stdout, stderr } = await spillway([...args, '--output', 'json'], { home })
    expect(code, stderr).toBe(3)
    const found = JSON.parse(stdout)
    expect(found).toMatchObject({ expected: ORDERS, seen: ORDERS - LOST + 2, missing: LOST, extra: 0, duplicates: 2 })
    expect(found.withoutId).toEqual({ expected: 0, seen: 1 })
    expect(found.missingIds).toEqual(lost.map(idOf).sort())
    expect(await readFile(found.missingFile, 'utf8')).toBe(`${found.missingIds.join('\n')}\n`)
    expect(await groups()).toEqual(before)
  })

  // Discards are tested on both elsewhere.
  if (version === 'kafka41')
    it('finds the same in an archive of the topic, by its index and by its messages', async () => {
      const admin = client.admin()
      await admin.connect()
      const partitions = [0, 1, 2].map(partition => ({ partition, offset: '0' }))
      await admin.setOffsets({ groupId: `${topic}-gone`, topic, partitions })
      await admin.disconnect()
      const source = `kafka://${broker.brokers.join(',')}/${topic}?group=${topic}-gone`
      const flags = ['--all', '--confirm', topic, '--consumers-stopped', '--execute', '--yes', '--output', 'json']
      const gone = await spillway(['discard', source, ...flags], { home })
      expect(gone.code, gone.stderr).toBe(0)
      const archive = `archive:${JSON.parse(gone.stdout).run}`
      const expected = ['--expected', `file:${join(home, 'orders.csv')}`]
      for (const [seenId, key] of [
        ['key', 'name'],
        ['header:order-id', 'id'],
        ['json:/order/id', 'id'],
      ] as const) {
        const args = [
          'reconcile',
          ...expected,
          '--key',
          key,
          '--seen',
          archive,
          '--seen-id',
          seenId,
          '--output',
          'json',
        ]
        const { code, stdout, stderr } = await spillway(args, { home })
        expect(code, stderr).toBe(3)
        const found = JSON.parse(stdout)
        expect(found).toMatchObject({ seen: ORDERS - LOST + 2, missing: LOST, extra: 0, duplicates: 2 })
      }
      await writeFile(join(home, 'some.txt'), 'order-1\norder-3\nnever\n')
      const again = `${topic}-again`
      await onLink(broker, link => createTopic(link, { name: again, partitions: 1, replication: 1, settings: {} }))
      const to = ['--to', `kafka://${broker.brokers.join(',')}/${again}`, '--missing-from', join(home, 'some.txt')]
      const sent = await spillway(['replay', archive, ...to, '--execute', '--yes', '--output', 'json'], { home })
      expect(sent.code, sent.stderr).toBe(0)
      // One of them is there twice.
      expect(JSON.parse(sent.stdout)).toMatchObject({ ledger: { read: '3', written: '3' } })
      expect(sent.stdout).toContain(`"skipped": "${ORDERS - LOST}"`)
    })
})
