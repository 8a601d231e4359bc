import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SealFacts } from '../../../../src/archive/ports.js'
import { openArchiveReader } from '../../../../src/archive/reader.js'
import { openArchiveWriter } from '../../../../src/archive/writer.js'
import { kafkaFormat } from '../../../../src/brokers/kafka/archive/format.js'
import { archivedPartition } from '../../../../src/brokers/kafka/replay/archive-lane.js'
import type { ReplayFilter } from '../../../../src/core/replay-plan.js'
import { filtered, wantedOf } from '../../../../src/replay/filter.js'
import { WantedStretches } from '../../../../src/verbs/replay/wanted-stretches.js'
import { aRecord, encodeBatch, range } from '../../brokers/kafka/records/a-batch.js'

const format = kafkaFormat('orders')
const LANES = ['0', '1']
const MESSAGES = 20_000
const EACH = 50
const FIRST_TIME = 1_700_000_000_000
const keyOf = (offset: number) => `k${offset % 7919}`
let folder: string

/** Two partitions of 20,000 messages, one a second, in files of some thousand; two of each hundred offsets were taken by compaction. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-archive-'))
  await using archive = await openArchiveWriter({ folder, format, floorBytes: 0n, splitBytes: 64 << 10 })
  for (const lane of LANES) {
    const writing = await archive.lane(lane, undefined)
    for (const base of range(0, MESSAGES / EACH).map(n => n * EACH)) {
      const offsets = range(base, base + EACH).filter(offset => offset % EACH !== 7)
      await writing.append(pieceOf(lane, base, offsets))
    }
  }
  await archive.sync()
  const messages = BigInt((MESSAGES / EACH) * (EACH - 1))
  const lanes = LANES.map(lane => ({ lane, from: '0', to: String(MESSAGES), messages }))
  const facts: Omit<SealFacts, 'lanes'> = { run: 'r', system: 'kafka', source: 's', clusterId: 'c', at: 'a' }
  await archive.seal({ ...facts, lanes })
}, 60_000)
afterAll(() => rm(folder, { recursive: true }))

function pieceOf(lane: string, base: number, offsets: readonly number[]) {
  const records = offsets.map(offset =>
    aRecord(offset, { key: Buffer.from(keyOf(offset)), timestamp: BigInt(FIRST_TIME + offset * 1000) }),
  )
  const rows = offsets.map(offset => ({
    id: `orders/${lane}/${offset}`,
    key: Buffer.from(keyOf(offset)),
    timestamp: FIRST_TIME + offset * 1000,
    mark: String(offset),
    size: 10,
    digest: offset,
  }))
  const bytes = [encodeBatch({ base: BigInt(base), records, last: BigInt(base + EACH - 1) })]
  return { bytes, first: String(base), next: String(base + EACH), rows }
}

async function read(lane: string, filter: ReplayFilter, from = 0) {
  await using reader = await openArchiveReader({ folder, format })
  const lanes = LANES.map(each => ({ lane: each, from: '0', to: String(MESSAGES), messages: 0n }))
  const wanted = new WantedStretches({ folder, system: 'kafka', lanes, filter })
  const archived = archivedPartition({
    ...{ reader, topic: 'orders', lane, from: '0', to: String(MESSAGES) },
    committed: async () => new Set(),
    stretches: (of, span) => wanted.of(of, span),
  })
  const ids: string[] = []
  let [skipped, next] = [0, '']
  for await (const chunk of filtered(archived, wantedOf(filter)).read(String(from), new AbortController().signal)) {
    ids.push(...chunk.items.map(({ message }) => message.id))
    skipped += chunk.skipped
    next = chunk.next
  }
  return { ids, skipped, next }
}

const HELD = (MESSAGES / EACH) * (EACH - 1)

describe('what is wanted of an archive', () => {
  it('is found by id, with the number of all others', async () => {
    const ids = ['orders/0/3', 'orders/0/15011', 'orders/1/19999']
    expect(await read('0', { ids })).toEqual({ ids: ids.slice(0, 2), skipped: HELD - 2, next: String(MESSAGES) })
    expect(await read('1', { ids })).toEqual({ ids: ids.slice(2), skipped: HELD - 1, next: String(MESSAGES) })
  })

  it('is found by key and by time', async () => {
    const keyed = await read('0', { keys: [keyOf(4000)] })
    expect(keyed).toEqual({ ids: [4000, 11_919, 19_838].map(n => `orders/0/${n}`), skipped: HELD - 3, next: '20000' })
    const [from, to] = [5000, 5100].map(n => new Date(FIRST_TIME + n * 1000).toISOString())
    const timed = await read('1', { from: from ?? '', to: to ?? '' })
    expect(timed.ids).toEqual(range(5000, 5100).flatMap(n => (n % EACH === 7 ? [] : [`orders/1/${n}`])))
    expect(timed.skipped).toBe(HELD - 98)
  })

  it('is nothing where nothing fits', async () => {
    expect(await read('0', { ids: ['orders/0/7'] })).toEqual({ ids: [], skipped: HELD, next: '20000' })
  })

  it('goes on from any position, with what is left out behind it', async () => {
    const filter = { ids: ['orders/0/15011'] }
    const behind = (from: number) => range(from, MESSAGES).filter(n => n % EACH !== 7).length
    for (const from of [1, 9999, 15_000])
      expect(await read('0', filter, from)).toEqual({
        ids: filter.ids,
        skipped: behind(from) - 1,
        next: '20000',
      })
    expect(await read('0', filter, 15_012)).toEqual({ ids: [], skipped: behind(15_012), next: '20000' })
  })

  it('is all that is read of its files', async () => {
    const files = (await readdir(join(folder, 'orders-0'))).sort()
    const firsts = [...files.map(name => Number.parseInt(name, 10)), MESSAGES]
    // A stretch is at most 1,024 marks long.
    const others = files.filter((_, at) => (firsts[at + 1] ?? 0) <= 9000 || (firsts[at] ?? 0) >= 12_000)
    expect(others.length).toBeGreaterThan(files.length / 2)
    for (const name of others) await truncate(join(folder, 'orders-0', name), 1)
    const filter = { ids: ['orders/0/10500'] }
    expect(await read('0', filter)).toEqual({ ids: filter.ids, skipped: HELD - 1, next: '20000' })
  })
})
