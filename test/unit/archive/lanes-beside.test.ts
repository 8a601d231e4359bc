import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openArchiveIndex } from '../../../src/archive/index-search.js'
import { openArchiveWriter } from '../../../src/archive/writer.js'
import { kafkaFormat } from '../../../src/brokers/kafka/archive/format.js'
import { range } from './queue.js'
import { batches } from './topic.js'

const LANES = range(0, 6).map(String)
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-archive-'))
})
afterEach(() => rm(folder, { recursive: true }))

const writer = () => openArchiveWriter({ folder, format: kafkaFormat('orders'), floorBytes: 0n })

async function indexed(lane: string): Promise<number[]> {
  await using index = await openArchiveIndex({ folder })
  const marks: number[] = []
  for await (const rows of index.rows({ lane })) marks.push(...rows.map(({ mark }) => Number(mark)))
  return marks
}

it('keeps the rows of a lane that is written while others begin, and theirs are cut', async () => {
  {
    await using killed = await writer()
    for (const lane of LANES) await (await killed.lane(lane, undefined)).append(batches(lane, 0, 100))
    await killed.sync()
  }
  await using archive = await writer()
  const carryOn = async (lane: string) => {
    // Each a little later than the one before.
    for (let turns = 20 * Number(lane); turns > 0; turns--) await new Promise(resolve => setImmediate(resolve))
    const file = await archive.lane(lane, '50')
    for (const from of [50, 60, 70, 80]) {
      await file.append(batches(lane, from, from + 10))
      await archive.sync()
    }
  }
  await Promise.all(LANES.map(carryOn))
  for (const lane of LANES) expect(await indexed(lane), `lane ${lane}`).toEqual(range(0, 90))
})

it('knows the rows of all lanes after those of one were cut, so that a fault of another takes its own back', async () => {
  await using archive = await writer()
  const [zero, one] = [await archive.lane('0', undefined), await archive.lane('1', undefined)]
  await zero.append(batches('0', 0, 50))
  await one.append(batches('1', 0, 50))
  const again = archive.lane('0', '20')
  await one.append(batches('1', 50, 80))
  await (await again).append(batches('0', 20, 40))
  await (await archive.lane('1', '30')).append(batches('1', 30, 40))
  await archive.sync()
  expect(await indexed('0')).toEqual(range(0, 40))
  expect(await indexed('1')).toEqual(range(0, 40))
})
