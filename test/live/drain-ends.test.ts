import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, inject, it } from 'vitest'
import { listOffsets } from '../../src/brokers/kafka/admin/list-offsets.js'
import { describeTopic } from '../../src/brokers/kafka/admin/topics.js'
import { produceBatches } from '../../src/brokers/kafka/wire/produce.js'
import { aRecord, encodeBatch, range } from '../unit/brokers/kafka/records/a-batch.js'
import {
  aTopic,
  drain,
  expectSame,
  onLink,
  positions,
  produce,
  type Scene,
  stableEnds,
  type Told,
  targetTopic,
  witness,
} from './drain-harness.js'

const kafka = () => inject('kafka41')
type Settled = { type: string; at: string; counts: { read: string; bytes: string } }

/** Records or bytes a second between the first and the last batch that the run journalled. */
async function pace(scene: Scene, { run }: Told, what: 'read' | 'bytes'): Promise<number> {
  const text = await readFile(join(scene.home, 'runs', run, 'journal.ndjson'), 'utf8')
  const events = text
    .split('\n')
    .filter(line => line.includes('"settled"'))
    .map(line => JSON.parse(line.slice(line.indexOf('{'))) as Settled)
  const [first, ...rest] = events
  const seconds = (Date.parse(rest.at(-1)?.at ?? '') - Date.parse(first?.at ?? '')) / 1000
  return rest.reduce((sum, { counts }) => sum + Number(counts[what]), 0) / seconds
}

it('--rate 500 holds to 500 messages a second', async () => {
  const scene = await aTopic(kafka(), { partitions: 2 })
  await produce(scene, 'plain', '--records', '5000', '--keys', '500')
  const envelope = await drain(scene, ['--rate', '500'])
  const perSecond = await pace(scene, envelope, 'read')
  expect(perSecond).toBeGreaterThan(400)
  expect(perSecond).toBeLessThan(600)
  await expectSame(scene, envelope, await stableEnds(scene, 2))
})

it('--rate 1MB holds to a megabyte of batches a second', async () => {
  const scene = await aTopic(kafka(), { partitions: 2 })
  await produce(scene, 'plain', '--records', '8000', '--size', '1024', '--keys', '500')
  const envelope = await drain(scene, ['--rate', '1MB'])
  const perSecond = await pace(scene, envelope, 'bytes')
  expect(perSecond).toBeGreaterThan(800_000)
  expect(perSecond).toBeLessThan(1_200_000)
  await expectSame(scene, envelope, await stableEnds(scene, 2))
})

/** Work while somebody goes on producing, ten records every 40 ms; returns what it gave, and the end when it was done. */
const underTraffic = <T>(scene: Scene, work: () => Promise<T>): Promise<{ result: T; end: number }> =>
  onLink(kafka(), async link => {
    const wire = await link.wire((await describeTopic(link, scene.topic))?.partitions[0]?.leader ?? -1, 'traffic')
    let done = false
    const traffic = (async () => {
      for (; !done; await pause(40)) {
        const batch = encodeBatch({ base: 0n, records: range(0, 10).map(i => aRecord(i)) })
        const asked = { topic: scene.topic, transactionalId: null, acks: -1, timeoutMs: 5000 } as const
        await produceBatches(wire, { ...asked, entries: [{ partition: 0, batch }] })
      }
    })()
    try {
      const result = await work()
      const end = (await listOffsets(link, scene.topic, [0], 'stable')).get(0)?.offset ?? -1
      return { result, end }
    } finally {
      done = true
      await traffic
    }
  })

it('--until caught-up follows a running producer and ends close behind it', async () => {
  const scene = await aTopic(kafka())
  await produce(scene, 'plain', '--records', '20000', '--keys', '500')
  const { result, end } = await underTraffic(scene, () => drain(scene, ['--until', 'caught-up']))
  const reached = (await positions(scene))['0'] ?? -1
  expect(reached).toBeGreaterThan(20_000)
  // 250 a second: what came in the last two seconds of copying, and while the process ended.
  expect(end - reached).toBeLessThan(250 * 10)
  expect(result.lanes).toMatchObject([{ lane: '0', from: '0', to: String(reached), read: String(reached) }])
  await expectSame(scene, result, { 0: reached })
})

it('--until now leaves in the source what comes after the start', async () => {
  const scene = await aTopic(kafka())
  await produce(scene, 'plain', '--records', '3000', '--keys', '500')
  const { result, end } = await underTraffic(scene, () => drain(scene, ['--until', 'now', '--rate', '2000']))
  const captured = Number(result.lanes[0]?.to)
  expect(captured).toBeGreaterThanOrEqual(3000)
  expect(end).toBeGreaterThan(captured)
  expect((await witness(kafka(), targetTopic(result))).records).toBe(captured)
  await expectSame(scene, result, { 0: captured })
})
