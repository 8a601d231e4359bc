import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { deleteTopic } from '../../src/brokers/kafka/admin/deletions.js'
import { commitOffsets, committedOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { onLink, parked, told } from './drain-harness.js'
import { java, spillway } from './kafka-lab.js'

const READ = fileURLToPath(new URL('../tools/Read.java', import.meta.url))
const GO = ['--execute', '--yes', '--output', 'json']
const homes: string[] = []
afterAll(() => Promise.all(homes.map(home => rm(home, { recursive: true }))))

type Read = {
  readonly partition: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly [string, string][]
}
type Scene = { readonly dlq: string; readonly orders: string; readonly bills: string; readonly home: string }

describe.each(['kafka41', 'kafka39'] as const)('replay of a dead-letter topic of %s', version => {
  const broker = inject(version)
  let scenes = 0

  /** A dead-letter topic of two partitions, and two topics of three that messages died of. */
  async function aScene(): Promise<Scene> {
    scenes += 1
    const name = `redrive-${process.pid}-${scenes}`
    const scene = { dlq: `${name}.dlq`, orders: `${name}.orders`, bills: `${name}.bills` }
    await onLink(broker, async link => {
      await createTopic(link, { name: scene.dlq, partitions: 2, replication: 1, settings: {} })
      for (const topic of [scene.orders, scene.bills])
        await createTopic(link, { name: topic, partitions: 3, replication: 1, settings: {} })
    })
    const home = await mkdtemp(join(tmpdir(), 'spillway-redrive-'))
    homes.push(home)
    return { ...scene, home }
  }

  type Letter = { readonly id: number; readonly headers: Record<string, string | Buffer> }

  async function bury({ dlq }: Scene, letters: readonly Letter[]): Promise<void> {
    const producer = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING }).producer()
    await producer.connect()
    const messages = letters.map(({ id, headers }) => ({
      key: `k${id % 10}`,
      value: String(id),
      headers,
      partition: id % 2,
    }))
    await producer.send({ topic: dlq, messages })
    await producer.disconnect()
  }

  /** What committed readers see, by Kafka's own client. */
  async function read(topic: string): Promise<Read[]> {
    const { stdout, stderr, code } = await java(broker, READ, [broker.brokers.join(','), topic, `${topic}-reader`])
    expect(code, stderr).toBe(0)
    return stdout
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as Read)
  }

  const text = (base64: string | null) => (base64 === null ? '' : Buffer.from(base64, 'base64').toString())
  const valuesOf = (records: readonly Read[]) => records.map(({ value }) => Number(text(value)))
  const redrive = ({ dlq, home }: Scene, flags: readonly string[] = [], env = {}) =>
    spillway(['replay', `${broker.url}/${dlq}`, '--to', 'origin', ...GO, ...flags], { home, env })

  it('sends each back to the topic and partition that its headers name; what names none is parked', async () => {
    const scene = await aScene()
    const int = (value: number) => {
      const bytes = Buffer.alloc(4)
      bytes.writeInt32BE(value)
      return bytes
    }
    const spring = (id: number) => ({
      'kafka_dlt-original-topic': scene.orders,
      'kafka_dlt-original-partition': int(id % 3),
    })
    const connect = (id: number) => ({
      '__connect.errors.topic': scene.bills,
      '__connect.errors.partition': String(id % 3),
    })
    const own = (id: number) => ({ 'spillway-origin': `${scene.orders}/${id % 3}/${id}`, 'spillway-reason': 'exit 1' })
    const letters = Array.from({ length: 900 }, (_, id) => ({
      id,
      headers: [spring, connect, own][id % 3]?.(id) ?? {},
    }))
    await bury(scene, [...letters, { id: 9000, headers: { why: 'nobody knows' } }])
    const finished = await redrive(scene)
    const { state, balanced, duplicatesAtMost, ledger, run } = told(finished)
    expect({ code: finished.code, state, balanced, duplicatesAtMost, ledger }).toEqual({
      code: 3,
      state: 'complete',
      balanced: true,
      duplicatesAtMost: '0',
      ledger: { read: '901', written: '900', parked: '1', dropped: '0' },
    })
    const [orders, bills] = [await read(scene.orders), await read(scene.bills)]
    expect(valuesOf(orders).sort((a, b) => a - b)).toEqual(letters.filter(({ id }) => id % 3 !== 1).map(({ id }) => id))
    expect(valuesOf(bills).sort((a, b) => a - b)).toEqual(letters.filter(({ id }) => id % 3 === 1).map(({ id }) => id))
    for (const { partition, value, headers } of [...orders, ...bills]) {
      expect(partition).toBe(Number(text(value)) % 3)
      expect(text(headers.at(-1)?.[0] ?? null)).toBe('x-replay-count')
    }
    expect(await parked({ home: scene.home } as never, { run } as never)).toMatchObject([
      { reason: expect.stringContaining('no header says') },
    ])
    const found = await spillway(['ledger', `${scene.dlq}/0/0`, '--output', 'json'], { home: scene.home })
    expect(JSON.parse(found.stdout)).toMatchObject({ found: true, events: [{ what: 'replayed', run }] })
  })

  it('is exactly once for committed readers when it is killed, and moves the group that it was given', async () => {
    const scene = await aScene()
    const letters = Array.from({ length: 3000 }, (_, id) => ({
      id,
      headers: { 'kafka_dlt-original-topic': scene.orders },
    }))
    await bury(scene, letters)
    const group = `${scene.dlq}-g`
    await onLink(broker, link =>
      commitOffsets(
        link,
        group,
        scene.dlq,
        [0, 1].map(partition => ({ partition, offset: 100, metadata: '' })),
      ),
    )
    const source = `${broker.url}/${scene.dlq}?group=${group}`
    const env = { SPILLWAY_FAILPOINT: 'before-end-txn:3' }
    const killed = await spillway(['replay', source, '--to', 'origin', ...GO, '--rate', '2k'], {
      home: scene.home,
      env,
    })
    expect(killed.signal).toBe('SIGKILL')
    const [{ run }] = JSON.parse((await spillway(['runs', '--output', 'json'], { home: scene.home })).stdout)
    const finished = await spillway(['resume', run, '--output', 'json'], { home: scene.home })
    const { state, balanced, ledger } = told(finished)
    expect({ code: finished.code, state, balanced, read: ledger.read }).toEqual({
      code: 0,
      state: 'complete',
      balanced: true,
      read: '2800',
    })
    const seen = valuesOf(await read(scene.orders)).sort((a, b) => a - b)
    expect(seen).toEqual(letters.slice(200).map(({ id }) => id))
    const commits = await onLink(broker, link => committedOffsets(link, group, { topic: scene.dlq }))
    expect([...(commits.get(scene.dlq) ?? [])].map(([, { offset }]) => offset)).toEqual([1500, 1500])
  })

  it('refuses origins that are not there, and parks what lost its topic since', async () => {
    const scene = await aScene()
    await bury(scene, [{ id: 0, headers: { 'kafka_dlt-original-topic': scene.bills } }])
    await onLink(broker, link => deleteTopic(link, scene.bills))
    const refused = await redrive(scene)
    expect({ code: refused.code, error: JSON.parse(refused.stdout).error.code }).toEqual({
      code: 4,
      error: 'origin-gone',
    })
    const dry = await spillway(['replay', `${broker.url}/${scene.dlq}`, '--to', 'origin', '--output', 'json'], {
      home: scene.home,
    })
    expect(dry.code).toBe(0)
    expect(JSON.parse(dry.stdout).refusals[0]).toContain(`Topic ${scene.bills}, where messages came from, is not there`)
    const elsewhere = await spillway(
      ['replay', `${broker.url}/${scene.dlq}`, '--to', `${broker.url}/${scene.orders}`, ...GO],
      { home: scene.home },
    )
    expect(elsewhere.code).toBe(0)
    expect(valuesOf(await read(scene.orders))).toEqual([0])
  })
})
