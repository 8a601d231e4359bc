import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, inject, it } from 'vitest'
import { committedOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { describeTopic } from '../../src/brokers/kafka/admin/topics.js'
import { connect } from '../../src/brokers/kafka/link.js'
import { fill } from '../../src/lab/fill/fill.js'
import type { FillRequest } from '../../src/lab/fill/request.js'
import type { Progress } from '../../src/lab/fill/writer.js'
import { javaArguments } from '../tools/classes.js'

type Witness = {
  records: number
  sum: string
  ids: { seen: number; lost: number; twice: number }
  keysSplit: number
  outOfOrder: number
  nullKeys: number
  nullValues: number
  partitions: Record<string, number>
  ends: Record<string, number>
}

const run = promisify(execFile)
const kafkas = { '4.1': () => inject('kafka41'), '3.9': () => inject('kafka39') }

describe.each(Object.entries(kafkas))('lab fill on Kafka %s', (version, kafka) => {
  const settings = () => ({ brokers: kafka().brokers })
  const io = { now: () => new Date(), soft: new AbortController().signal }
  const make = (request: Omit<FillRequest, 'settings'>) => fill({ settings: settings(), ...request }, io)

  /** Java's word on a topic. */
  async function witness(topic: string, ...more: string[]): Promise<Witness> {
    const { brokers, libs } = kafka()
    const args = [...javaArguments(libs, 'test/tools/ReadAll.java'), brokers.join(','), topic, ...more]
    return JSON.parse((await run('java', args)).stdout)
  }

  const AWKWARD = {
    nullKeys: 0.05,
    emptyKeys: 0.02,
    nullValues: 0.03,
    headers: 6,
    sizes: 'lognormal',
    size: 200,
    spreadMs: 7_200_000,
  } as const

  it('writes every record once, whole keys in order, in all codecs, as Java reads it', async () => {
    const topic = `fill-mixed-${version}`
    const report = await make({ topic, records: 50_000, partitions: 4, codec: 'mixed', keys: 500, size: 200 })
    expect(report).toMatchObject({ partitions: 4, records: 50_000, committedRecords: 50_000, abortedRecords: 0 })
    expect(await witness(topic, 'read_committed', '--n', '50000')).toMatchObject({
      records: 50_000,
      ids: { seen: 50_000, lost: 0, twice: 0 },
      keysSplit: 0,
      outOfOrder: 0,
    })
  })

  it('makes the same records again for the same seed', async () => {
    const recipe = { records: 5_000, seed: 42, ...AWKWARD }
    await make({ topic: `fill-seed-a-${version}`, ...recipe })
    await make({ topic: `fill-seed-b-${version}`, partitions: 7, batch: 'single', codec: 'lz4', ...recipe })
    const one = await witness(`fill-seed-a-${version}`, 'read_committed', '--no-timestamps')
    const other = await witness(`fill-seed-b-${version}`, 'read_committed', '--no-timestamps')
    expect(one.records).toBe(5_000)
    expect(one.nullKeys).toBeGreaterThan(100)
    expect(one.nullValues).toBeGreaterThan(50)
    expect(other).toMatchObject({ sum: one.sum, nullKeys: one.nullKeys, nullValues: one.nullValues })
  })

  it('writes transactions, aborted ones on top, and a group that has read half', async () => {
    const topic = `fill-aborts-${version}`
    const group = `half-${version}`
    const report = await make({
      topic,
      records: 10_000,
      transactions: 500,
      aborts: 0.3,
      size: 50,
      group,
      readShare: 0.5,
    })
    expect(report.abortedRecords).toBeGreaterThan(1_000)
    const committed = await witness(topic, 'read_committed', '--n', '10000')
    expect(committed).toMatchObject({ records: 10_000, ids: { lost: 0, twice: 0 }, keysSplit: 0, outOfOrder: 0 })
    expect((await witness(topic, 'read_uncommitted')).records).toBe(report.records)
    await using link = await connect(settings())
    const positions = (await committedOffsets(link, group)).get(topic)
    for (const [partition, end] of Object.entries(committed.ends))
      expect(positions?.get(Number(partition))?.offset).toBe(Math.floor(end / 2))
  })

  it('leaves holes in a compacted topic', async () => {
    const topic = `fill-compacted-${version}`
    await make({ topic, records: 30_000, keys: 20, compacted: true, partitions: 1, size: 300 })
    await make({ topic, records: 100, keys: 20, compacted: true, size: 300 })
    const holes = async () => (await witness(topic)).records < 30_100
    await expect.poll(holes, { timeout: 60_000, interval: 2_000 }).toBe(true)
  })

  it('makes no topic when told not to', async () => {
    const topic = `fill-typo-${version}`
    await expect(make({ topic, records: 10, create: false })).rejects.toMatchObject({ code: 'no-topic', exitCode: 2 })
    await using link = await connect(settings())
    expect(await describeTopic(link, topic)).toBeUndefined()
  })

  it('stops when asked to, with the reason', async () => {
    const stop = new AbortController()
    const show = ({ records }: Progress) => records > 10_000 && stop.abort(new Error('enough'))
    const request = { settings: settings(), topic: `fill-stop-${version}`, records: 100_000_000, size: 20 }
    await expect(fill(request, { ...io, soft: stop.signal }, show)).rejects.toThrow('enough')
  })
})
