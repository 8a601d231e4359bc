import { mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { verifyArchive } from '../../../src/archive/verify.js'
import { openArchiveWriter } from '../../../src/archive/writer.js'
import { kafkaFormat } from '../../../src/brokers/kafka/archive/format.js'
import { rabbitmqFormat } from '../../../src/brokers/rabbitmq/archive/format.js'
import { facts, pieceOf, range } from './queue.js'
import { batches } from './topic.js'

const format = kafkaFormat('orders')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-archive-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A batch of ten records of test/unit/archive/topic.ts. */
const BATCH = 161
const SECOND = 'orders-0/00000000000000000050.log'

/** Ten batches of ten records, in two files. */
async function filled(sealed: boolean, messages = 100n): Promise<void> {
  await using archive = await openArchiveWriter({ folder, format, floorBytes: 0n, splitBytes: 5 * BATCH })
  const lane = await archive.lane('0', undefined)
  for (const from of range(0, 10).map(n => n * 10)) await lane.append(batches('0', from, from + 10))
  await archive.sync()
  const lanes = [{ lane: '0', from: '0', to: '100', messages }]
  if (sealed) await archive.seal({ ...facts(messages), system: 'kafka', lanes })
}

async function alter(file: string, position: number, bytes = Buffer.of(0xee)): Promise<void> {
  const handle = await open(join(folder, file), 'r+')
  await handle.write(bytes, 0, bytes.length, position)
  await handle.close()
}

const verify = () => verifyArchive({ folder, format })
const damage = async () => (await verify()).damage

describe.each([
  ['sealed', true],
  ['unsealed', false],
] as const)('verify of an archive, %s', (_, sealed) => {
  it('says what is in it, where it is as it was written', async () => {
    await filled(sealed)
    expect(await verify()).toEqual({
      ...{ sealed, files: 2, bytes: 10 * BATCH, pieces: 10, messages: 100n },
      ...{ damage: [], unfinished: [] },
    })
  })

  it.each([0, 30, 4 * BATCH + 100])('names the batch in which byte %d was altered', async byte => {
    await filled(sealed)
    await alter('orders-0/00000000000000000000.log', byte)
    const [found, ...others] = await damage()
    expect(others).toEqual([])
    expect(found).toMatchObject({ file: 'orders-0/00000000000000000000.log', byte: byte - (byte % BATCH) })
  })

  it('names the byte from which a file that is not the last is cut short', async () => {
    await filled(sealed)
    await truncate(join(folder, 'orders-0/00000000000000000000.log'), 3 * BATCH + 7)
    expect(await damage()).toMatchObject([{ file: 'orders-0/00000000000000000000.log', byte: 3 * BATCH }])
  })

  it('names the byte from which the last file is cut short', async () => {
    await filled(sealed)
    await truncate(join(folder, SECOND), BATCH + 70)
    expect(await damage()).toMatchObject([{ file: SECOND, byte: BATCH }])
  })

  it('misses no whole batch at the end of the last file', async () => {
    await filled(sealed)
    await truncate(join(folder, SECOND), 4 * BATCH)
    expect(await damage()).toMatchObject([{ file: SECOND, byte: 4 * BATCH }])
  })
})

describe('verify of a sealed archive', () => {
  it('finds what no checksum of a batch covers', async () => {
    await filled(true)
    await alter(SECOND, 2 * BATCH + 13)
    expect(await damage()).toEqual([{ file: SECOND, byte: 0, why: 'the 1024 KiB from here on were altered' }])
  })

  it('names files that are gone, longer, or not of it', async () => {
    await filled(true)
    await rm(join(folder, 'orders-0/00000000000000000000.log'))
    await writeFile(join(folder, SECOND), batches('0', 100, 110).bytes[0] ?? '', { flag: 'a' })
    await writeFile(join(folder, 'orders-0/00000000000000000200.log'), batches('0', 200, 210).bytes[0] ?? '')
    expect(await damage()).toEqual([
      { file: SECOND, byte: 5 * BATCH, why: `it ended here, and has ${6 * BATCH} bytes` },
      { file: 'orders-0/00000000000000000200.log', byte: 0, why: 'the manifest has no such file' },
      { file: 'orders-0/00000000000000000000.log', byte: 0, why: 'it is gone' },
    ])
  })

  it('names the place in an index that was altered, and one that is cut short', async () => {
    await filled(true)
    const { length } = await readFile(join(folder, 'index.parquet'))
    await alter('index.parquet', 100)
    expect(await damage()).toMatchObject([{ file: 'index.parquet', byte: 0 }])
    await truncate(join(folder, 'index.parquet'), length - 9)
    expect(await damage()).toMatchObject([{ file: 'index.parquet', byte: length - 9 }])
  })

  it('counts what the index lacks', async () => {
    await filled(true, 103n)
    expect(await damage()).toEqual([
      { file: 'index.parquet', byte: 0, why: 'it has 100 messages of lane 0, and 103 were let go' },
    ])
  })

  it('names the place in a manifest that is none', async () => {
    await filled(true)
    await truncate(join(folder, 'manifest.json'), 40)
    expect((await damage())[0]).toMatchObject({ file: 'manifest.json', byte: 40 })
  })
})

describe('verify of the archive of a queue', () => {
  const queue = rabbitmqFormat('orders')
  const verifyQueue = () => verifyArchive({ folder, format: queue })

  /** Three pieces, each in a file of its own. */
  async function threeFiles(): Promise<void> {
    await using archive = await openArchiveWriter({ folder, format: queue, floorBytes: 0n, splitBytes: 1 })
    const lane = await archive.lane('orders', undefined)
    for (const from of [0, 5, 10]) await lane.append(await pieceOf(from, from + 5))
    await archive.sync()
  }

  it('misses a file between two others', async () => {
    await threeFiles()
    await rm(join(folder, 'queue/00000000000000000005.amqp.zst'))
    expect((await verifyQueue()).damage).toEqual([
      {
        ...{ file: 'queue/00000000000000000010.amqp.zst', byte: 0 },
        why: 'a piece that begins at 10 stands behind 5',
      },
    ])
  })

  it('names one file, where only one is damaged', async () => {
    await threeFiles()
    await alter('queue/00000000000000000005.amqp.zst', 50)
    expect((await verifyQueue()).damage).toMatchObject([{ file: 'queue/00000000000000000005.amqp.zst', byte: 0 }])
  })

  it('misses a folder', async () => {
    await threeFiles()
    await rm(join(folder, 'queue'), { recursive: true })
    expect((await verifyQueue()).damage).toEqual([{ file: 'queue', byte: 0, why: 'it is gone' }])
  })

  it('takes an archive of nothing for whole', async () => {
    await using archive = await openArchiveWriter({ folder, format: queue, floorBytes: 0n })
    await archive.lane('orders', undefined)
    await archive.seal(facts(0n))
    expect(await verifyQueue()).toMatchObject({ sealed: true, files: 0, messages: 0n, damage: [] })
  })
})

describe('verify of an archive that a kill has left', () => {
  it('tells an end that nobody let go of from damage', async () => {
    await filled(false)
    await writeFile(join(folder, SECOND), batches('0', 100, 110).bytes[0]?.subarray(0, 90) ?? '', { flag: 'a' })
    await writeFile(join(folder, 'index.csv.zst'), Buffer.of(0x50, 0x2a), { flag: 'a' })
    const { damage: found, unfinished } = await verify()
    expect(found).toEqual([])
    expect(unfinished.map(({ file }) => file)).toEqual(['index.csv.zst', SECOND])
    expect(unfinished[1]?.byte).toBe(5 * BATCH)
  })
})
