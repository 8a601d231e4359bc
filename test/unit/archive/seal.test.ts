import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openArchiveIndex } from '../../../src/archive/index-search.js'
import { readManifest } from '../../../src/archive/manifest.js'
import { openArchiveWriter } from '../../../src/archive/writer.js'
import { rabbitmqFormat } from '../../../src/brokers/rabbitmq/archive/format.js'
import { facts, pieceOf, range, row } from './queue.js'

const format = rabbitmqFormat('orders')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-archive-'))
})
afterEach(() => rm(folder, { recursive: true }))

const filled = async (sealed: boolean): Promise<void> => {
  await using archive = await openArchiveWriter({ folder, format, floorBytes: 0n })
  const lane = await archive.lane('orders', undefined)
  await lane.append(await pieceOf(0, 3))
  await lane.append(await pieceOf(3, 5))
  await archive.sync()
  if (sealed) await archive.seal(facts(5n))
}

describe('the seal of an archive', () => {
  it('says of each file how long it is, and what vouches for it', async () => {
    await filled(true)
    const manifest = await readManifest(folder)
    expect(manifest?.lanes).toEqual([{ lane: 'orders', from: '0', to: '5', messages: '5' }])
    const [file] = manifest?.files ?? []
    expect(file).toMatchObject({ file: 'queue/00000000000000000000.amqp.zst', lane: 'orders', first: '0', next: '5' })
    expect(file?.bytes).toBe((await readFile(join(folder, file?.file ?? ''))).length)
    expect(file?.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(manifest?.index.file).toBe('index.parquet')
    expect(existsSync(join(folder, 'index.csv.zst'))).toBe(false)
  })

  it('takes large keys', async () => {
    await using archive = await openArchiveWriter({ folder, format, floorBytes: 0n })
    const lane = await archive.lane('orders', undefined)
    for (const from of range(0, 20).map(n => n * 1000)) {
      const rows = range(from, from + 1000).map(n => ({ ...row(n), key: Buffer.alloc(10_000, `${n} `) }))
      await lane.append({ ...(await pieceOf(from, from + 1000)), rows })
    }
    await archive.seal(facts(20_000n))
    expect(existsSync(join(folder, 'index.parquet'))).toBe(true)
    await using index = await openArchiveIndex({ folder })
    expect(await index.count({ keys: [Buffer.alloc(10_000, '777 ')] })).toBe(1n)
  })

  it('lets nothing be added', async () => {
    await filled(true)
    await expect(openArchiveWriter({ folder, format, floorBytes: 0n })).rejects.toMatchObject({
      code: 'archive-sealed',
    })
  })
})

describe.each([
  ['sealed', true],
  ['unsealed', false],
] as const)('the index of an archive, %s', (_, sealed) => {
  it('finds messages by id, key, time and mark', async () => {
    await filled(sealed)
    await using index = await openArchiveIndex({ folder })
    const found = async (filter: Parameters<typeof index.rows>[0]): Promise<string[]> => {
      const marks: string[] = []
      for await (const rows of index.rows(filter)) marks.push(...rows.map(({ mark }) => mark))
      return marks
    }
    expect(await found({})).toEqual(range(0, 5).map(String))
    expect(await found({ ids: ['id-3', 'id-1', 'id-9'] })).toEqual(['1', '3'])
    expect(await found({ keys: [Buffer.from('key-2')] })).toEqual(['2'])
    expect(await found({ keys: [Buffer.of(0xff, 4)] })).toEqual(['4'])
    expect(await found({ from: 1001, to: 1003 })).toEqual(['1', '2'])
    expect(await found({ lane: 'orders', marks: { from: 2, to: 4 }, limit: 1 })).toEqual(['2'])
    expect(await index.count({ lane: 'other' })).toBe(0n)
    const tallies = []
    const lanes = [{ lane: 'orders', from: 0, to: 5 }]
    for await (const some of index.tally({ ids: ['id-1', 'id-9'] }, { lanes, width: 2 })) tallies.push(...some)
    expect(tallies).toEqual([
      { lane: 'orders', from: 0, marks: 2, fit: 1 },
      { lane: 'orders', from: 2, marks: 2, fit: 0 },
      { lane: 'orders', from: 4, marks: 1, fit: 0 },
    ])
  })

  it('answers many questions, at once too, and leaves nothing behind', async () => {
    await filled(sealed)
    const before = await readdir(folder)
    {
      await using index = await openArchiveIndex({ folder })
      for (let turn = 0; turn < 3; turn++)
        expect(await Promise.all(range(0, 5).map(n => index.count({ ids: [`id-${n}`] })))).toEqual(Array(5).fill(1n))
    }
    expect(await readdir(folder)).toEqual(before)
  })

  it('gives back what was written of a message', async () => {
    await filled(sealed)
    await using index = await openArchiveIndex({ folder })
    for await (const rows of index.rows({ ids: ['id-4'] }))
      expect(rows).toEqual([
        { id: 'id-4', key: Buffer.of(0xff, 4), timestamp: -1, lane: 'orders', mark: '4', size: 10, digest: '00000004' },
      ])
  })
})
