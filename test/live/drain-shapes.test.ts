import { describe, expect, inject, it } from 'vitest'
import { aRecord, encodeBatch, range } from '../unit/brokers/kafka/records/a-batch.js'
import { append, aTopic, drain, expectSame, produce, type Scene, stableEnds } from './drain-harness.js'

const kafkas = { '4.1': () => inject('kafka41'), '3.9': () => inject('kafka39') }
const DAY = 86_400_000

describe.each(Object.entries(kafkas))('records of every shape on Kafka %s', (_version, kafka) => {
  it.each([
    { flags: ['--order', 'key'], keysSplit: 0 },
    { flags: ['--order', 'none'], keysSplit: expect.any(Number) },
    { flags: ['--compress', 'zstd'], keysSplit: 0 },
    { flags: ['--compress', 'none', '--order', 'none'], keysSplit: expect.any(Number) },
  ])('of all codecs mixed in one partition, with $flags', async ({ flags, keysSplit }) => {
    const scene = await aTopic(kafka())
    const size = ['--records', '2000', '--size', '400', '--keys', '300']
    await produce(scene, 'plain', '--codec', 'all', ...size)
    await produce(scene, 'plain', '--codec', 'all', '--first', '10000', '--batch-size', '200', ...size)
    const ends = await stableEnds(scene, 1)
    const { target } = await drainSame(scene, flags, ends, { keysSplit })
    expect(target).toContain(`/${scene.topic}.spill.`)
  })

  it('with null, empty and binary keys and values, headers null, doubled and nameless', async () => {
    const scene = await aTopic(kafka(), { partitions: 2 })
    await produce(scene, 'awkward', '--records', '3000', '--codec', 'all', '--size', '300')
    const ends = await stableEnds(scene, 2)
    await drainSame(scene, [], ends, { records: 15_000 })
  })

  it('with aborted transactions, keys of four zero bytes inside them, and control batches', async () => {
    const scene = await aTopic(kafka(), { partitions: 3 })
    await produce(scene, 'transactions', '--rounds', '7', '--records', '300', '--codec', 'lz4')
    await produce(scene, 'plain', '--records', '100', '--first', '100000')
    const ends = await stableEnds(scene, 3)
    await drainSame(scene, [], ends, { records: 4 * 300 + 100, keysSplit: 0 })
    const none = await aTopic(kafka())
    await produce(none, 'transactions', '--rounds', '6', '--records', '300', '--codec', 'zstd')
    await drainSame(none, ['--order', 'none'], await stableEnds(none, 1), { records: 900 })
  })

  it('without a timestamp, 30 days old and in the future', async () => {
    const settings = {
      'message.timestamp.before.max.ms': '9223372036854775807',
      'message.timestamp.after.max.ms': '9223372036854775807',
    }
    const scene = await aTopic(kafka(), { settings: { ...settings, 'retention.ms': '-1' } })
    const now = BigInt(Date.now())
    const nanoseconds = now * 1_000_000n + 1n
    const times = [
      -1n,
      now - BigInt(30 * DAY),
      now,
      now + BigInt(400 * DAY),
      now * 1000n,
      nanoseconds,
      nanoseconds + 1n,
    ]
    const records = range(0, 210).map(i => aRecord(i, { timestamp: times[i % times.length] ?? 0n }))
    await append(scene, encodeBatch({ base: 0n, records }))
    await append(scene, encodeBatch({ base: 0n, records: range(0, 20).map(i => aRecord(i, { timestamp: -1n })) }))
    const ends = await stableEnds(scene, 1)
    await drainSame(scene, [], ends, { records: 230 })
  })

  it('of a topic with LogAppendTime, at the times that its readers see', async () => {
    const settings = { 'message.timestamp.type': 'LogAppendTime' }
    const scene = await aTopic(kafka(), { partitions: 2, settings })
    await produce(scene, 'plain', '--records', '500', '--codec', 'all', '--timestamp', '1500000000000')
    await drainSame(scene, ['--order', 'none'], await stableEnds(scene, 2), { records: 2500 })
  })
})

async function drainSame(scene: Scene, flags: readonly string[], ends: Record<string, number>, more: object) {
  const envelope = await drain(scene, flags)
  expect(await expectSame(scene, envelope, ends)).toMatchObject(more)
  return envelope
}
