import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openArchiveIndex } from '../../../src/archive/index-search.js'
import type { ArchiveWriter } from '../../../src/archive/ports.js'
import { openArchiveReader } from '../../../src/archive/reader.js'
import { verifyArchive } from '../../../src/archive/verify.js'
import { openArchiveWriter } from '../../../src/archive/writer.js'
import { kafkaFormat } from '../../../src/brokers/kafka/archive/format.js'
import { decodeRecords, rabbitmqFormat } from '../../../src/brokers/rabbitmq/archive/format.js'
import { indexText } from './index-text.js'
import { pieceOf, range } from './queue.js'
import { batch, offsetRow } from './topic.js'

const format = rabbitmqFormat('orders')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-archive-'))
})
afterEach(() => rm(folder, { recursive: true }))

const writer = (): Promise<ArchiveWriter> => openArchiveWriter({ folder, format, floorBytes: 0n })

async function archived(): Promise<readonly string[]> {
  await using reader = await openArchiveReader({ folder, format })
  const keys: string[] = []
  for await (const { bytes } of reader.pieces('orders'))
    keys.push(...decodeRecords(bytes).map(({ routingKey }) => routingKey.toString()))
  return keys
}
const keys = (from: number, to: number): string[] => range(from, to).map(n => `key-${n}`)

describe('an archive of a queue', () => {
  it('gives back what was appended, and has a row for each', async () => {
    await using archive = await writer()
    const lane = await archive.lane('orders', undefined)
    await lane.append(await pieceOf(0, 3))
    await lane.append(await pieceOf(3, 5))
    await archive.sync()
    expect(await archived()).toEqual(keys(0, 5))
    expect((await indexText(folder)).split('\n').slice(0, 2)).toEqual([
      'id,key,key_base64,timestamp,lane,mark,size,digest',
      'id-0,key-0,,1000,orders,0,10,00000000',
    ])
  })

  it('cuts off a last piece that is not whole, and goes on behind the one before', async () => {
    {
      await using archive = await writer()
      const lane = await archive.lane('orders', undefined)
      await lane.append(await pieceOf(0, 3))
      await archive.sync()
      await lane.append(await pieceOf(3, 5))
    }
    const [file = ''] = await readdir(join(folder, 'queue'))
    const path = join(folder, 'queue', file)
    await truncate(path, (await readFile(path)).length - 1)
    await using archive = await writer()
    const lane = await archive.lane('orders', undefined)
    expect(lane.next).toBe('3')
    await lane.append(await pieceOf(3, 4))
    await archive.sync()
    expect(await archived()).toEqual(keys(0, 4))
  })

  it('syncs beside a write that takes long', async () => {
    const lanes = range(0, 4).map(String)
    await using archive = await openArchiveWriter({ folder, format: kafkaFormat('orders'), floorBytes: 0n })
    const work = async (lane: string) => {
      const file = await archive.lane(lane, undefined)
      for (const offset of range(0, 20)) {
        const bytes = [batch(offset, 1, 2_000_000 / (1 + Number(lane)))]
        const appended = file.append({
          ...{ bytes, first: String(offset), next: String(offset + 1), rows: [offsetRow(lane, offset)] },
        })
        await Promise.all([archive.sync(), archive.sync().then(() => archive.sync()), appended])
      }
    }
    await Promise.all(lanes.map(work))
    await archive.sync()
    expect(await verifyArchive({ folder, format: kafkaFormat('orders') })).toMatchObject({
      ...{ pieces: 80, messages: 80n, damage: [], unfinished: [] },
    })
  })

  it('makes the folders above it, for the owner only', async () => {
    const deep = join(folder, 'a', 'b')
    await using archive = await openArchiveWriter({ folder: deep, format, floorBytes: 0n })
    await archive.lane('orders', undefined)
    expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700)
    await expect(openArchiveWriter({ folder: '/proc/a/b', format, floorBytes: 0n })).rejects.toMatchObject({
      code: 'archive-unwritable',
    })
  })

  it('takes no index for sealed that a kill has left half sealed', async () => {
    await writeFile(join(folder, 'index.parquet'), 'of an earlier execution')
    await using archive = await writer()
    const lane = await archive.lane('orders', undefined)
    await lane.append(await pieceOf(0, 3))
    await archive.sync()
    await using index = await openArchiveIndex({ folder })
    expect(await index.count({})).toBe(3n)
  })
})
