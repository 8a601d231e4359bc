import { mkdtemp, open, readdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openArchiveIndex } from '../../../src/archive/index-search.js'
import { openArchiveReader } from '../../../src/archive/reader.js'
import { openArchiveWriter } from '../../../src/archive/writer.js'
import { kafkaFormat } from '../../../src/brokers/kafka/archive/format.js'
import { range } from './queue.js'
import { batches } from './topic.js'

const format = kafkaFormat('orders')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-archive-'))
})
afterEach(() => rm(folder, { recursive: true }))

const writer = (splitBytes = 2000) => openArchiveWriter({ folder, format, floorBytes: 0n, splitBytes })

/** Lanes 0 and 1, offsets 0 to 100 each, in files of a dozen batches. */
async function twoLanes(): Promise<void> {
  await using archive = await writer()
  const lanes = [await archive.lane('0', undefined), await archive.lane('1', undefined)]
  for (const from of range(0, 10).map(n => n * 10)) {
    for (const [name, lane] of lanes.entries()) await lane.append(batches(String(name), from, from + 10))
    if (from % 30 === 0) await archive.sync()
  }
  await archive.sync()
}

async function stored(lane: string): Promise<number[]> {
  await using reader = await openArchiveReader({ folder, format })
  const bases: number[] = []
  for await (const { bytes } of reader.pieces(lane)) bases.push(Number(format.first(bytes)))
  return bases
}

async function indexed(lane: string): Promise<number[]> {
  await using index = await openArchiveIndex({ folder })
  const marks: number[] = []
  for await (const rows of index.rows({ lane })) marks.push(...rows.map(({ mark }) => Number(mark)))
  return marks
}

const tens = (from: number, to: number): number[] => range(from / 10, to / 10).map(n => n * 10)
const lastFile = async (lane: string): Promise<string> => {
  const names = (await readdir(join(folder, `orders-${lane}`))).sort()
  return join(folder, `orders-${lane}`, names.at(-1) ?? '')
}

describe('an archive of a topic that is carried on', () => {
  it('cuts off what lies behind the settled offset, with its rows, lane by lane', async () => {
    await twoLanes()
    await using archive = await writer()
    const [zero, one] = await Promise.all([archive.lane('0', '30'), archive.lane('1', '90')])
    expect([zero.next, one.next]).toEqual(['30', '90'])
    expect(await stored('0')).toEqual(tens(0, 30))
    expect(await stored('1')).toEqual(tens(0, 90))
    expect(await indexed('0')).toEqual(range(0, 30))
    expect(await indexed('1')).toEqual(range(0, 90))
    await zero.append(batches('0', 30, 60))
    await archive.sync()
    expect(await stored('0')).toEqual(tens(0, 60))
    expect(await indexed('0')).toEqual(range(0, 60))
  })

  it('takes all of a lane away of which nothing is settled', async () => {
    await twoLanes()
    await using archive = await writer()
    expect((await archive.lane('0', undefined)).next).toBeUndefined()
    expect(await indexed('0')).toEqual([])
    expect(await stored('1')).toEqual(tens(0, 100))
  })

  it('keeps a batch across the settled offset, and does not write it twice', async () => {
    await twoLanes()
    await using archive = await writer()
    const lane = await archive.lane('0', '45')
    expect(lane.next).toBe('50')
    expect(await indexed('0')).toEqual(range(0, 45))
    await lane.append(batches('0', 40, 80, 45))
    await archive.sync()
    expect(await stored('0')).toEqual(tens(0, 80))
    expect(await indexed('0')).toEqual(range(0, 80))
  })

  it('begins a lane anew in the same process after a fault', async () => {
    await twoLanes()
    await using archive = await writer()
    const before = await archive.lane('0', '50')
    await before.append(batches('0', 50, 70))
    const lane = await archive.lane('0', '60')
    expect(lane.next).toBe('60')
    await lane.append(batches('0', 60, 80))
    await archive.sync()
    expect(await stored('0')).toEqual(tens(0, 80))
    expect(await indexed('0')).toEqual(range(0, 80))
  })

  it.each([1, 60, 61, 100])('cuts off a last batch of which %d bytes are there', async bytes => {
    await twoLanes()
    const path = await lastFile('0')
    const { size } = await stat(path)
    const file = await open(path, 'a')
    await file.appendFile(batches('0', 100, 110).bytes[0]?.subarray(0, bytes) ?? '')
    await file.close()
    await using archive = await writer()
    expect((await archive.lane('0', '100')).next).toBe('100')
    expect((await stat(path)).size).toBe(size)
  })

  it('refuses to cut off what is settled, naming file and byte', async () => {
    await twoLanes()
    const path = await lastFile('0')
    const { size } = await stat(path)
    await truncate(path, size - 1)
    await using archive = await writer()
    await expect(archive.lane('0', '100')).rejects.toMatchObject({
      code: 'archive-damaged',
      message: expect.stringContaining(`orders-0/${path.split('/').at(-1)} is damaged at byte ${size - 161}`),
    })
    expect((await stat(path)).size).toBe(size - 1)
  })

  it.each(['cut short', 'zeros'])('goes on behind the last whole part of an index whose end is %s', async kind => {
    await twoLanes()
    const path = join(folder, 'index.csv.zst')
    const whole = await readFile(path)
    const file = await open(path, 'a')
    await file.appendFile(kind === 'zeros' ? Buffer.alloc(500) : whole.subarray(0, 30))
    await file.close()
    expect(await indexed('0')).toEqual(range(0, 100))
    await using archive = await writer()
    const lane = await archive.lane('0', '100')
    await lane.append(batches('0', 100, 110))
    await archive.sync()
    expect(await indexed('0')).toEqual(range(0, 110))
  })

  it('names the byte at which an index was altered', async () => {
    await twoLanes()
    const path = join(folder, 'index.csv.zst')
    const file = await open(path, 'r+')
    await file.write(Buffer.of(1, 2, 3, 4), 0, 4, 0)
    await file.close()
    await expect(writer()).rejects.toMatchObject({
      code: 'archive-damaged',
      message: expect.stringContaining('index.csv.zst is damaged at byte 0'),
    })
  })
})
