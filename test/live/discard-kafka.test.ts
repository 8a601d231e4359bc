import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { listOffsets } from '../../src/brokers/kafka/admin/list-offsets.js'
import { archiveOf, complete, discard, keptExactly, standing } from './discard-kafka-harness.js'
import { aBacklog, onLink, type Scene, told } from './fault-harness.js'
import { java, spillway } from './kafka-lab.js'

const broker = inject('kafka41')
const ORDINARY = { records: 3_000, nullKeys: 0.05, nullValues: 0.05, headers: 3 } as const

const stableEnds = (scene: Scene) =>
  onLink(scene.broker, async link => {
    const ends = await listOffsets(link, scene.topic, [0, 1, 2], 'stable')
    return [0, 1, 2].map(partition => ({ offset: ends.get(partition)?.offset, metadata: '' }))
  })

describe('a discard of a topic', () => {
  it('changes nothing without --execute', async () => {
    const scene = await aBacklog(broker, { records: 100 })
    const before = await standing(scene)
    const dry = await spillway(['discard', scene.source, '--all', '--output', 'json'], { home: scene.home })
    expect(dry.code, dry.stderr).toBe(0)
    expect(await standing(scene)).toEqual(before)
    expect(await readdir(scene.home)).toEqual([])
  })

  it.each([
    ['in every codec', { ...ORDINARY, codec: 'mixed' as const }],
    ['with aborted transactions', { ...ORDINARY, codec: 'lz4' as const, transactions: 100, aborts: 0.3 }],
  ])('keeps what goes %s, as the broker has it, and moves the group to the end', async (_, request) => {
    const scene = await aBacklog(broker, request)
    const ends = await stableEnds(scene)
    const envelope = complete(await discard(scene))
    expect(envelope.ledger).toEqual({ read: '3000', written: '0', parked: '0', dropped: '3000' })
    expect(await standing(scene)).toEqual(ends)
    await keptExactly(scene, envelope)
  })

  it('does the same on Kafka 3.9, with a rate', async () => {
    const scene = await aBacklog(inject('kafka39'), { ...ORDINARY, codec: 'mixed' })
    const envelope = complete(await discard(scene, ['--rate', '5k']))
    expect(envelope.ledger.dropped).toBe('3000')
    await keptExactly(scene, envelope)
  })

  it('writes segments that DumpLogSegments of Kafka finds sound', async () => {
    const scene = await aBacklog(broker, { ...ORDINARY, partitions: 1, codec: 'zstd' })
    complete(await discard(scene))
    const folder = join(await archiveOf(scene), `${scene.topic}-0`)
    const files = (await readdir(folder)).map(name => join(folder, name))
    const dump = await java(broker, 'kafka.tools.DumpLogSegments', ['--deep-iteration', '--files', files.join(',')])
    expect(dump.code, dump.stderr).toBe(0)
    expect(dump.stdout.match(/^\| offset: /gm)).toHaveLength(3_000)
    expect(dump.stdout).not.toContain('isvalid: false')
  })

  it('with --no-archive moves the offsets alone, and says that they are an upper bound', async () => {
    const scene = await aBacklog(broker, { records: 500, transactions: 50 })
    const ends = await stableEnds(scene)
    const { ledger, warnings } = complete(await discard(scene, ['--no-archive']))
    const passed = ends.reduce((sum, { offset = 0 }) => sum + offset, 0)
    expect(ledger).toMatchObject({ read: String(passed), dropped: String(passed) })
    expect(warnings.join()).toMatch(/upper bound/)
    expect(await standing(scene)).toEqual(ends)
  })

  it('lets go of at most --max-messages, of every partition its share', async () => {
    const scene = await aBacklog(broker, { records: 3_000 })
    const envelope = complete(await discard(scene, ['--max-messages', '1000']))
    expect(envelope.ledger.dropped).toBe('1000')
    expect(envelope.lanes.every(({ read }) => Number(read) > 0)).toBe(true)
    await keptExactly(scene, envelope)
    expect(told(await discard(scene, ['--no-archive'])).ledger.dropped).toBe('2000')
  })
})
