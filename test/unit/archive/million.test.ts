import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openArchiveIndex } from '../../../src/archive/index-search.js'
import type { IndexRow } from '../../../src/archive/ports.js'
import { openArchiveWriter } from '../../../src/archive/writer.js'
import { kafkaFormat } from '../../../src/brokers/kafka/archive/format.js'
import { facts } from './queue.js'
import { batch } from './topic.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-archive-'))
})
afterEach(() => rm(folder, { recursive: true }))

const MESSAGES = 1_000_000
const EACH = 5000

const row = (offset: number): IndexRow => ({
  id: `orders/0/${offset}`,
  key: Buffer.from(`customer-${offset % 977}`),
  timestamp: 1_760_000_000_000 + offset,
  mark: String(offset),
  size: 100,
  digest: Math.imul(offset, 2_654_435_761),
})

it('indexes a million messages in little room, and finds one', async () => {
  {
    await using archive = await openArchiveWriter({ folder, format: kafkaFormat('orders'), floorBytes: 0n })
    const lane = await archive.lane('0', undefined)
    for (let first = 0; first < MESSAGES; first += EACH) {
      const rows = Array.from({ length: EACH }, (_, at) => row(first + at))
      await lane.append({ bytes: [batch(first, EACH)], first: String(first), next: String(first + EACH), rows })
    }
    const lanes = [{ lane: '0', from: '0', to: String(MESSAGES), messages: BigInt(MESSAGES) }]
    await archive.seal({ ...facts(BigInt(MESSAGES)), system: 'kafka', lanes })
  }
  expect((await stat(join(folder, 'index.parquet'))).size).toBeLessThan(20_000_000)
  await using index = await openArchiveIndex({ folder, system: 'kafka' })
  expect(await index.count({})).toBe(BigInt(MESSAGES))
  for await (const rows of index.rows({ ids: ['orders/0/777777'] }))
    expect(rows).toEqual([
      { ...row(777_777), lane: '0', digest: (row(777_777).digest >>> 0).toString(16).padStart(8, '0') },
    ])
})
