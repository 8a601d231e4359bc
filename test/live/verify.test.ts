import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { deleteRecords } from '../../src/brokers/kafka/admin/deletions.js'
import { commitOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { java } from './kafka-lab.js'
import { drained, fresh, json, readAll } from './restore-harness.js'
import type { SharedKafka } from './setup.js'
import { make, numbered, produce, withLink } from './survey-harness.js'

const PRODUCE = fileURLToPath(new URL('../tools/Produce.java', import.meta.url))
const write = async (shared: SharedKafka, topic: string, kind: string, flags: string[] = []) => {
  const { code, stderr } = await java(shared, PRODUCE, [shared.brokers.join(','), topic, kind, ...flags])
  expect(code, stderr).toBe(0)
}

describe.each(['kafka41', 'kafka39'] as const)('report --verify on %s', key => {
  const shared = inject(key)

  it('finds the same records on both sides, as Kafka’s own reader does', async () => {
    const run = await drained(shared, {
      fill: ['--codec', 'mixed', '--null-keys', '0.1', '--aborts', '0.1', '--transactions', '200'],
    })
    const done = await run.cli(['report', run.run, '--verify', '--output', 'json'])
    expect(done.code, done.stderr).toBe(0)
    expect(json(done)).toMatchObject({
      run: run.run,
      balanced: true,
      verified: { matches: true, expected: '3000', found: '3000' },
    })
    const [source, lanes] = [await readAll(shared, run.topic), await readAll(shared, run.lanes)]
    expect(lanes).toMatchObject({ records: source.records, sum: source.sum })
    const text = await run.cli(['report', run.run, '--verify', '--commands'])
    expect(text.stdout).toContain('VERIFIED: 3,000 records read back')
    expect(text.stdout).toContain('ORIGINALS: keep stopped (3000 unread in lanes)')
    expect(text.stdout).toContain('kafka-consumer-groups.sh')
    expect(text.stderr).toContain('reading back')
  })

  it.each([
    ['CreateTime', {}],
    ['LogAppendTime', { 'message.timestamp.type': 'LogAppendTime' }],
  ])('sees through every kind of record (%s)', async (_kind, settings) => {
    const [topic, group] = [fresh('awkward'), fresh('g')]
    await withLink(shared.brokers, link => make(link, topic, 2, settings))
    await write(shared, topic, 'awkward', ['--records', '200', '--codec', 'all'])
    await write(shared, topic, 'transactions', ['--records', '50'])
    await withLink(shared.brokers, link =>
      commitOffsets(
        link,
        group,
        topic,
        [0, 1].map(partition => ({ partition, offset: 0, metadata: '' })),
      ),
    )
    const run = await drained(shared, { existing: { topic, group } })
    expect(run.code).toBe(0)
    const done = await run.cli(['report', run.run, '--verify', '--output', 'json'])
    expect(done.code, done.stdout).toBe(0)
    const [source, lanes] = [await readAll(shared, topic), await readAll(shared, run.lanes)]
    expect(lanes).toMatchObject({ records: source.records, sum: source.sum })
    expect(json(done).verified).toMatchObject({ matches: true, found: String(source.records), misplacedKeys: 0 })
  })

  it('names the lane in which records are too many, missing, or others', async () => {
    const run = await drained(shared)
    await produce(shared.brokers, run.lanes, [[], numbered(1)])
    const more = await run.cli(['report', run.run, '--verify', '--output', 'json'])
    expect(more.code).toBe(1)
    const [, lane] = json(more).verified.lanes
    expect(lane).toMatchObject({ lane: '1', matches: false })
    expect(lane.notes.join()).toContain('1 too many')
    await withLink(shared.brokers, link => deleteRecords(link, run.lanes, new Map([[2, 2]])))
    const missing = json(await run.cli(['report', run.run, '--verify', '--output', 'json'])).verified
    expect(missing).toMatchObject({ matches: false })
    expect(missing.lanes[2].notes.join()).toMatch(/2 missing.*head is gone in target partitions 2/)
    expect(missing.lanes[0].matches).toBe(true)
  })

  it('compares with the ledger where the source has let go of its head, and says so', async () => {
    const run = await drained(shared)
    await withLink(shared.brokers, link => deleteRecords(link, run.topic, new Map([[0, 5]])))
    const done = await run.cli(['report', run.run, '--verify', '--output', 'json'])
    expect(done.code).toBe(0)
    const [first, second] = json(done).verified.lanes
    expect(first).toMatchObject({ compared: 'counts', matches: true })
    expect(first.notes.join()).toContain('only counts are compared')
    expect(second).toMatchObject({ compared: 'records', matches: true })
  })

  it('verifies another cluster, and subtracts what was parked', async () => {
    const other = inject(key === 'kafka41' ? 'kafka39' : 'kafka41')
    const [topic, group] = [fresh('large'), fresh('g')]
    await withLink(shared.brokers, link => make(link, topic, 2))
    await write(shared, topic, 'plain', ['--records', '300'])
    await write(shared, topic, 'huge', [
      '--records',
      '1',
      '--batch-bytes',
      '17500000',
      '--codec',
      'gzip',
      '--partition',
      '0',
    ])
    await withLink(shared.brokers, link =>
      commitOffsets(
        link,
        group,
        topic,
        [0, 1].map(partition => ({ partition, offset: 0, metadata: '' })),
      ),
    )
    const to = `kafka://${other.brokers.join(',')}/${fresh('copy')}`
    const run = await drained(shared, { existing: { topic, group }, drain: ['--to', to, '--compress', 'none'] })
    const done = await run.cli(['report', run.run, '--verify', '--output', 'json'])
    // Compressed it fits; uncompressed it passes max.message.bytes of the copy, 16 MiB, and is parked.
    expect(json(done).ledger).toMatchObject({ read: '301', written: '300', parked: '1' })
    expect(json(done).verified, done.stdout).toMatchObject({ matches: true, expected: '300', found: '300' })
    expect(done.code).toBe(3)
  })
})
