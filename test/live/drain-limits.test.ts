import { describe, expect, inject, it } from 'vitest'
import { fill } from '../../src/lab/fill/fill.js'
import {
  aTopic,
  drain,
  expectEnvelope,
  expectSame,
  parked,
  positions,
  produce,
  type Scene,
  stableEnds,
  targetTopic,
  witness,
} from './drain-harness.js'
import { spillway } from './kafka-lab.js'

const kafkas = { '4.1': () => inject('kafka41'), '3.9': () => inject('kafka39') }
const WORDS = ['--output', 'json']

describe.each(Object.entries(kafkas))('records at the limits on Kafka %s', (version, kafka) => {
  it('exactly as large as the source takes, and larger when uncompressed, are copied', async () => {
    const scene = await aTopic(kafka(), { partitions: 2 })
    await produce(scene, 'huge', '--records', '2', '--batch-bytes', '1048588')
    await produce(scene, 'huge', '--records', '2', '--first', '10', '--batch-bytes', '5000000', '--codec', 'lz4')
    await produce(scene, 'huge', '--records', '2', '--first', '20', '--batch-bytes', '5000000', '--codec', 'zstd')
    await produce(scene, 'plain', '--records', '50', '--first', '100')
    const ends = await stableEnds(scene, 2)
    expect(await expectSame(scene, await drain(scene), ends)).toMatchObject({ records: 56 })
  })

  it('too large for the target are parked with the reason, the lane goes on, and it exits 3', async () => {
    const scene = await aTopic(kafka())
    await produce(scene, 'plain', '--records', '20')
    await produce(scene, 'huge', '--records', '1', '--first', '50', '--batch-bytes', '20000000', '--codec', 'zstd')
    await produce(scene, 'plain', '--records', '30', '--first', '100')
    const ends = await stableEnds(scene, 1)
    const envelope = await drain(scene, ['--compress', 'none'], 3)
    expect(envelope).toMatchObject({ state: 'complete', balanced: true })
    expect(envelope.ledger).toEqual({ read: '51', written: '50', parked: '1', dropped: '0' })
    expectEnvelope(envelope, scene)
    const seen = await witness(kafka(), targetTopic(envelope), ['--n', '20'])
    expect(seen).toMatchObject({ records: 50, ids: { seen: 50, lost: 0, twice: 0 } })
    expect(await positions(scene)).toEqual(ends)
    const lines = await parked(scene, envelope)
    expect(lines).toHaveLength(1)
    const reason = expect.stringMatching(/^larger than \d+ bytes, the max.message.bytes of /)
    expect(lines[0]).toMatchObject({ reason, origin: { target: scene.topic, lane: '0', mark: '20' } })
  })

  it('are copied over the holes of compaction, which have a line of their own', async () => {
    const broker = kafka()
    const empty = await aTopic(broker)
    const topic = `${empty.topic}-compacted`
    const group = `${topic}-g`
    const scene: Scene = { ...empty, topic, group, source: `${broker.url}/${topic}?group=${group}` }
    const io = { now: () => new Date(), soft: new AbortController().signal }
    const recipe = { settings: { brokers: broker.brokers }, topic, keys: 20, compacted: true, size: 300 }
    await fill({ ...recipe, records: 30_000, partitions: 1, nullKeys: 0, group, readShare: 0 }, io)
    await fill({ ...recipe, records: 100 }, io)
    let left = 30_100
    const stands = async () => {
      const before = left
      left = (await witness(broker, topic)).records
      return left < 30_100 && left === before
    }
    await expect.poll(stands, { timeout: 60_000, interval: 3000 }).toBe(true)
    const envelope = await drain(scene)
    expect(await expectSame(scene, envelope, await stableEnds(scene, 1))).toMatchObject({ records: left })
    const sheet = await spillway(['report', envelope.run], { home: scene.home })
    expect(sheet.stdout, version).toMatch(/hole/i)
  })

  it('end before a transaction that hangs, which plan and survey name', async () => {
    const scene = await aTopic(kafka())
    const id = `hangs-${scene.topic}`
    await produce(scene, 'plain', '--records', '200')
    await produce(scene, 'hang', '--records', '50', '--transactional-id', id, '--timeout-ms', '600000')
    await produce(scene, 'plain', '--records', '100', '--first', '1000')
    const survey = await spillway(['survey', scene.source, ...WORDS], { home: scene.home })
    expect(survey.stdout).toContain(id)
    const plan = await spillway(['drain', scene.source, '--consumers-stopped'], { home: scene.home })
    expect(plan.stdout).toContain('Hanging transactions on partitions 0')
    const envelope = await drain(scene)
    expect(await expectSame(scene, envelope, { 0: 200 })).toMatchObject({ records: 200 })
  })
})
