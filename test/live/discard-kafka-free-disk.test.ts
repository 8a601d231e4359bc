import { describe, expect, inject, it } from 'vitest'
import { deleteRecords } from '../../src/brokers/kafka/admin/deletions.js'
import { listOffsets } from '../../src/brokers/kafka/admin/list-offsets.js'
import { logDirs } from '../../src/brokers/kafka/admin/log-dirs.js'
import { commitOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { complete, discard, resume, standing } from './discard-kafka-harness.js'
import { aBacklog, onLink, type Scene, told } from './fault-harness.js'
import { spillway } from './kafka-lab.js'

const broker = inject('kafka41')
const SEGMENT = 1 << 20

const bytesOf = ({ topic }: Scene) =>
  onLink(broker, async link => {
    const [{ topicBytes } = { topicBytes: new Map<number, bigint>() }] = await logDirs(link, topic)
    return [...topicBytes.values()].reduce((sum, bytes) => sum + bytes, 0n)
  })

const starts = ({ topic }: Scene) =>
  onLink(broker, async link => [...(await listOffsets(link, topic, [0], 'earliest')).values()].map(each => each.offset))

describe('a discard that frees disk', () => {
  it('deletes whole segments for every group, says whom that hits, and measures it', async () => {
    const topicSettings = { 'segment.bytes': String(SEGMENT), 'retention.ms': '-1', 'file.delete.delay.ms': '0' }
    const scene = await aBacklog(broker, { records: 6_000, size: 1024, partitions: 1, topicSettings })
    const other = [{ partition: 0, offset: 1000, metadata: '' }]
    await onLink(broker, link => commitOffsets(link, `${scene.group}-other`, scene.topic, other))
    const dry = await spillway(['discard', scene.source, '--all', '--free-disk', '--output', 'json'], {
      home: scene.home,
    })
    const { plan } = JSON.parse(dry.stdout)
    expect(plan.affected.join()).toMatch(/-other: LOSES up to 5,000 messages/)
    expect(BigInt(plan.expect.freesBytes)).toBeGreaterThan(0n)
    expect(plan.expect.frees).toMatch(/^frees about .* on broker 1/)
    const before = await bytesOf(scene)
    const { warnings } = complete(await discard(scene, ['--free-disk']))
    expect(warnings.join()).toMatch(/DeleteRecords of .*: 1 of 1 partitions begin at the cut now/)
    expect(await starts(scene)).toEqual([6_000])
    await expect.poll(() => bytesOf(scene), { timeout: 30_000 }).toBeLessThan(before / 2n)
    expect(await standing(scene)).toEqual([{ offset: 6_000, metadata: '' }])
  })

  it('does so too where the group has read everything already, and again after a kill', async () => {
    const scene = await aBacklog(broker, { records: 100, partitions: 1 })
    const entries = [{ partition: 0, offset: 100, metadata: 'mine' }]
    await onLink(broker, link => commitOffsets(link, scene.group, scene.topic, entries))
    const killed = await discard(scene, ['--free-disk'], { SPILLWAY_FAILPOINT: 'before-clear-claim' })
    expect(killed.signal).toBe('SIGKILL')
    complete(await resume(scene))
    expect(await starts(scene)).toEqual([100])
    expect(await standing(scene)).toEqual([{ offset: 100, metadata: 'mine' }])
  })

  it('is refused of a topic that is only compacted, and changes nothing', async () => {
    const scene = await aBacklog(broker, {
      records: 100,
      partitions: 1,
      topicSettings: { 'cleanup.policy': 'compact' },
    })
    const before = await standing(scene)
    const finished = await discard(scene, ['--free-disk'])
    expect({ code: finished.code, error: told(finished).error?.code }).toEqual({ code: 4, error: 'compact-only' })
    expect(await standing(scene)).toEqual(before)
    const refused = onLink(broker, link => deleteRecords(link, scene.topic, new Map([[0, 50]])))
    await expect(refused).rejects.toMatchObject({ code: 'POLICY_VIOLATION' })
  })
})
