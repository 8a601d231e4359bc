import { crc32c } from '@node-rs/crc32'
import { describe, expect, it } from 'vitest'
import { murmur2 } from '../../../../../src/core/murmur2.js'
import { laneFor, lanesOf, nullKeyLane } from '../../../../../src/drain/route.js'
import { aRecord, encodeBatch, range } from '../records/a-batch.js'
import { randomRecords } from '../records/random-records.js'
import { aRouter, routed } from './a-router.js'

const SHAPES = [1, 3, 12, 64].flatMap(partitions => [10, 4, 1].map(factor => ({ partitions, factor })))
const GZIP = 1

describe.each(SHAPES)('with $partitions partitions and factor $factor, in key order', ({ partitions, factor }) => {
  it('each record lies in the lane that the lane map says, in the order of the source', async () => {
    const partition = partitions - 1
    const source = randomRecords(partitions * factor, { count: 400, base: 77 })
    const half = source.findIndex(each => each.offset > (source[200]?.offset ?? 0n))
    const batches = [source.slice(0, half), source.slice(half)].map((records, codec) =>
      encodeBatch({ base: records[0]?.offset ?? 0n, records, attributes: codec }),
    )
    const lanes = await routed(aRouter({ partition, partitions, factor }), batches)
    const laneOf = ({ key, offset }: (typeof source)[number]) =>
      key === null
        ? nullKeyLane(partition, partitions, factor, offset)
        : laneFor(partition, partitions, factor, murmur2(key, 0, key.length))
    for (const lane of lanesOf(partition, partitions, factor)) {
      const expected = source.filter(each => laneOf(each) === lane).map(({ offset: _, ...rest }) => rest)
      const found = (lanes.get(lane) ?? []).flatMap(each => each.records).map(({ offset: _, ...rest }) => rest)
      expect(found, `lane ${lane}`).toEqual(expected)
    }
    expect([...lanes.keys()].every(lane => lane % partitions === partition)).toBe(true)
  })
})

const plain = (from: number, to: number) => range(from, to).map(i => aRecord(i, { value: Buffer.alloc(40, i) }))
/** Ones that gzip cannot make smaller than 4 KiB, so that the batch is worth passing on. */
const noise = (from: number, to: number) =>
  randomRecords(from + 1, { count: to - from, base: 0 }).map((each, i) => ({
    ...each,
    offset: BigInt(from + i),
    value: Buffer.from(range(0, 400).map(n => (n * 7919 * (i + 3)) % 251)),
  }))
const gzipped = (from: number, to: number) =>
  encodeBatch({ base: BigInt(from), records: noise(from, to), attributes: GZIP })

describe('without key order', () => {
  it('whole compressed batches go on untouched, one lane after the other', async () => {
    const batches = [gzipped(0, 60), gzipped(60, 120), gzipped(120, 180)]
    const target = aRouter({ order: 'none', factor: 2 })
    await routed(target, batches)
    expect(target.put.map(each => each.partition)).toEqual([0, 1, 0])
    for (const [i, { batch }] of target.put.entries()) expect(batch.subarray(61)).toEqual(batches[i]?.subarray(61))
    expect(target.router.read).toBe(180)
  })

  it.each([
    ['small', encodeBatch({ base: 0n, records: plain(0, 5), attributes: GZIP }), 5],
    ['not compressed', encodeBatch({ base: 0n, records: noise(0, 50) }), 50],
    ['stamped by the broker', encodeBatch({ base: 0n, records: noise(0, 50), attributes: GZIP | 8 }), 50],
    ['with holes', encodeBatch({ base: 0n, records: noise(0, 50), last: 60n, attributes: GZIP }), 50],
  ])('a batch that is %s is walked', async (_what, batch, count) => {
    const target = aRouter({ order: 'none' })
    const lanes = await routed(target, [batch])
    expect([...lanes.values()].flat().flatMap(each => each.records)).toHaveLength(count)
    expect(target.put[0]?.batch.subarray(61)).not.toEqual(batch.subarray(61))
  })

  it('a batch that the span cuts is walked', async () => {
    const target = aRouter({ order: 'none' })
    const lanes = await routed(target, [gzipped(0, 60)], { from: 10, to: 20 })
    expect([...lanes.values()].flat().flatMap(each => each.records)).toHaveLength(10)
  })

  it('a batch that the target would refuse for its size is walked, and what fits goes on', async () => {
    const batch = gzipped(0, 60)
    const target = aRouter({ order: 'none', maxMessageBytes: batch.length - 1, builderBytes: 16_384 })
    const lanes = await routed(target, [batch])
    expect([...lanes.values()].flat().flatMap(each => each.records)).toHaveLength(60)
    for (const { batch: sent } of target.put) expect(sent.length).toBeLessThan(batch.length)
  })

  it.each([5, 6, 7])('a batch of codec %i is refused rather than passed on unread', async codec => {
    const batch = gzipped(0, 60)
    batch[22] = codec
    batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
    await expect(routed(aRouter({ order: 'none' }), [batch])).rejects.toMatchObject({ code: 'unknown-codec' })
  })

  it.each(['key', 'none'] as const)(
    'a damaged batch is refused, not given a new checksum, with order %s',
    async order => {
      const batch = gzipped(0, 60)
      batch[batch.length - 9] = (batch[batch.length - 9] ?? 0) ^ 1
      const target = aRouter({ order })
      await expect(routed(target, [batch])).rejects.toMatchObject({ code: 'corrupt' })
      expect(target.put).toEqual([])
    },
  )

  it('counting places records by their offsets, however they were batched', async () => {
    const shape = { order: 'none', guarantee: 'counting', factor: 3 } as const
    const one = await routed(aRouter(shape), [gzipped(0, 2000)])
    const other = await routed(aRouter(shape), [gzipped(0, 700), gzipped(700, 2000)])
    const counts = (lanes: typeof one) => [...lanes].map(([lane, all]) => [lane, all.flatMap(b => b.records).length])
    expect(counts(one).sort()).toEqual(counts(other).sort())
    expect(one.size).toBe(3)
  })
})

describe('compression', () => {
  it('keeps the codec of each batch, in batches of their own', async () => {
    const batches = [0, GZIP].map(codec =>
      encodeBatch({ base: BigInt(codec * 10), records: plain(codec * 10, codec * 10 + 10), attributes: codec }),
    )
    const lanes = await routed(aRouter({ factor: 1 }), batches)
    expect(lanes.get(0)?.map(each => [each.attributes, each.records.length])).toEqual([
      [0, 10],
      [GZIP, 10],
    ])
  })

  it('becomes the one that was asked for', async () => {
    const batches = [gzipped(0, 60), encodeBatch({ base: 60n, records: plain(60, 70) })]
    const lanes = await routed(aRouter({ factor: 1, compress: 'none' }), batches)
    const all = lanes.get(0) ?? []
    expect(all.flatMap(each => each.records)).toHaveLength(70)
    expect(all.map(each => each.attributes)).toEqual(all.map(() => 0))
  })
})

describe('a record that is larger than the target takes', () => {
  const huge = aRecord(1, { value: Buffer.alloc(5000, 'x'), headers: [[Buffer.from('h'), null]], timestamp: 12n })
  const batch = (attributes: number) => encodeBatch({ base: 0n, records: [aRecord(0), huge, aRecord(2)], attributes })

  it('is parked whole, with the reason, and the lane goes on', async () => {
    const target = aRouter({ factor: 1, maxMessageBytes: 1000, builderBytes: 900 })
    const lanes = await routed(target, [batch(0)])
    expect(lanes.get(0)?.flatMap(each => each.records.map(({ key }) => String(key)))).toEqual(['k0', 'k2'])
    expect(target.router).toMatchObject({ read: 3, parked: 1, counts: [2] })
    const { key, value, headers, timestamp } = huge
    const reason = 'larger than 1000 bytes, the max.message.bytes of orders.spill.r'
    const told = headers.map(([name, bytes]) => [String(name), bytes])
    expect(target.parked).toEqual([{ partition: 0, offset: 1, key, value, headers: told, timestamp, reason }])
  })

  it('keeps a header name that is not UTF-8 as bytes', async () => {
    const target = aRouter({ factor: 1, maxMessageBytes: 1000, builderBytes: 900 })
    const odd = { ...huge, offset: 0n, headers: [[Buffer.from([0xff, 0xfe]), Buffer.from('1')]] as const }
    await routed(target, [encodeBatch({ base: 0n, records: [odd] })])
    expect(target.parked[0]?.headers).toEqual([[Buffer.from([0xff, 0xfe]), Buffer.from('1')]])
  })

  it('is not parked while it fits compressed', async () => {
    const target = aRouter({ factor: 1, maxMessageBytes: 1000, builderBytes: 900 })
    const lanes = await routed(target, [batch(GZIP)])
    expect(lanes.get(0)?.flatMap(each => each.records.map(({ key }) => String(key)))).toEqual(['k0', 'k1', 'k2'])
    expect(target.parked).toEqual([])
  })
})

it('skips what the target holds already, lane by lane, and goes on behind it', async () => {
  const standing = { counts: [10, 0], ahead: [3, 1] }
  const target = aRouter({ factor: 2, guarantee: 'counting', standing })
  const nullKeys = range(0, 10).map(i => aRecord(i, { key: null }))
  const lanes = await routed(target, [encodeBatch({ base: 0n, records: nullKeys })])
  const values = (lane: number) => lanes.get(lane)?.flatMap(each => each.records.map(({ value }) => String(value)))
  expect(values(0)).toEqual(['v6', 'v8'])
  expect(values(1)).toEqual(['v3', 'v5', 'v7', 'v9'])
  expect(target.router).toMatchObject({ read: 10, skipped: 4, counts: [15, 5] })
})
