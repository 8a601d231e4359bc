import { describe, expect, inject, it } from 'vitest'
import { murmur2 } from '../../src/core/murmur2.js'
import { laneFor, lanesOf, nullKeyLane } from '../../src/drain/route.js'
import type { ARecord } from '../unit/brokers/kafka/records/a-batch.js'
import { aTopic, drain, expectSame, GO, produce, readBack, stableEnds, targetTopic, told } from './drain-harness.js'
import { spillway } from './kafka-lab.js'

const kafka = () => inject('kafka41')
const SHAPES = [
  { partitions: 1, factor: 10 },
  { partitions: 3, factor: 4 },
  { partitions: 12, factor: 10 },
  { partitions: 64, factor: 4 },
  { partitions: 3, factor: 1 },
]
const bytesOf = ({ offset: _, ...rest }: ARecord) => rest

describe.each(SHAPES)('$partitions partitions with factor $factor', ({ partitions, factor }) => {
  it('put each record into the lane that the lane map says, in order', async () => {
    const scene = await aTopic(kafka(), { partitions })
    await produce(scene, 'awkward', '--records', '3000', '--keys', '700', '--codec', 'gzip', '--batch-size', '4000')
    const envelope = await drain(scene, ['--factor', String(factor)])
    expect(envelope).toMatchObject({ state: 'complete', balanced: true, ledger: { written: '3000' } })
    const [source, target] = [await readBack(kafka(), scene.topic), await readBack(kafka(), targetTopic(envelope))]
    expect(target.size).toBe(partitions * factor)
    for (const [partition, records] of source) {
      const laneOf = ({ key, offset }: ARecord) =>
        key === null
          ? nullKeyLane(partition, partitions, factor, offset)
          : laneFor(partition, partitions, factor, murmur2(key, 0, key.length))
      for (const lane of lanesOf(partition, partitions, factor))
        expect(target.get(lane)?.map(bytesOf), `lane ${lane}`).toEqual(
          records.filter(each => laneOf(each) === lane).map(bytesOf),
        )
    }
  })
})

it('--lanes that is no multiple of the partitions exits 2 and names the two nearest', async () => {
  const scene = await aTopic(kafka(), { partitions: 3 })
  const ended = await spillway(['drain', scene.source, '--lanes', '10', ...GO], { home: scene.home })
  expect(ended.code).toBe(2)
  expect(told(ended).error?.hint).toMatch(/--lanes 9 .*--lanes 12/)
})

it('--first N stops at exactly N, and resume copies the rest', async () => {
  const scene = await aTopic(kafka(), { partitions: 3 })
  await produce(scene, 'plain', '--records', '4000', '--codec', 'gzip', '--keys', '900')
  const ends = await stableEnds(scene, 3)
  const canary = await drain(scene, ['--first', '137'])
  expect(canary).toMatchObject({ state: 'stopped', reason: 'canary', balanced: true })
  expect(canary.ledger).toEqual({ read: '137', written: '137', parked: '0', dropped: '0' })
  expect([...(await readBack(kafka(), targetTopic(canary))).values()].flat()).toHaveLength(137)
  const ended = await spillway(['resume', canary.run, '--output', 'json'], { home: scene.home })
  expect(ended.code, ended.stdout + ended.stderr).toBe(0)
  await expectSame(scene, told(ended), ends)
})
