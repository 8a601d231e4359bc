import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ArchiveWriter } from '../../../src/archive/ports.js'
import { openArchiveReader } from '../../../src/archive/reader.js'
import { openArchiveWriter } from '../../../src/archive/writer.js'
import { decodeRecords, rabbitmqFormat } from '../../../src/brokers/rabbitmq/archive/format.js'
import { indexText } from './index-text.js'
import { pieceOf, range } from './queue.js'

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
})
