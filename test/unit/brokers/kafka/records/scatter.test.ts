import { describe, expect, it } from 'vitest'
import { BufferPool } from '../../../../../src/brokers/kafka/records/buffer-pool.js'
import { BatchBuilder } from '../../../../../src/brokers/kafka/records/builder.js'
import { scatter } from '../../../../../src/brokers/kafka/records/scatter.js'
import { stamp } from '../../../../../src/brokers/kafka/records/stamp.js'
import { type ARecord, aRecord, decodeBatch, encodeBatch, range, records } from './a-batch.js'
import { randomRecords } from './random-records.js'

const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER }
const NOBODY = { producerId: -1n, epoch: -1, sequence: -1, transactional: false }

/** Takes a batch apart and packs its records anew, as the relay does; offsets are those of the new batches. */
function repack(set: Buffer, parts: { at?: number; span?: typeof ALL; size?: number; codec?: number } = {}) {
  const builder = new BatchBuilder(0, new BufferPool(parts.size ?? 1 << 20, 4))
  const out: Buffer[] = []
  const emit = () => out.push(stamp(builder.take().batch, NOBODY))
  const taken = scatter(set, parts.at ?? 0, parts.span ?? ALL, {
    take(data, { start, end, attributes, timestamp, origin }) {
      if (builder.records > 0 && (builder.origin !== origin || !builder.fits(end - start))) emit()
      builder.codec = parts.codec ?? 0
      builder.origin = origin
      builder.append(data, start, end, attributes, timestamp)
    },
  })
  if (builder.records > 0) emit()
  return { taken, batches: out.map(decodeBatch), bytes: out }
}

const withoutOffset = (all: readonly ARecord[]) => all.map(({ offset: _, ...rest }) => rest)

describe.each([0, 1])('records of codec %i, taken apart and packed anew', codec => {
  it.each(range(1, 26))('are the same bytes, nulls, headers, times and attributes (seed %i)', seed => {
    const source = randomRecords(seed, { count: 40, base: seed * 1000 })
    const set = encodeBatch({ base: source[0]?.offset ?? 0n, records: source, attributes: codec })
    const { taken, batches } = repack(set, { codec })
    expect(taken).toBe(40)
    expect(batches).toHaveLength(1)
    expect(batches[0]).toMatchObject({ crcIsRight: true, attributes: codec, base: 0n, last: 39n })
    expect(withoutOffset(batches[0]?.records ?? [])).toEqual(withoutOffset(source))
    expect(batches[0]?.records.map(each => each.offset)).toEqual(range(0, 40).map(BigInt))
    const latest = source.map(each => each.timestamp).sort((a, b) => Number(b - a))[0]
    expect(batches[0]?.maxTimestamp).toBe(latest)
  })

  it.each(range(1, 11))('keep times that no double holds (seed %i)', seed => {
    const source = randomRecords(seed, { count: 30, base: 0, oddTimes: true })
    const { batches } = repack(encodeBatch({ base: 0n, records: source, attributes: codec }), { codec })
    expect(withoutOffset(batches.flatMap(each => each.records))).toEqual(withoutOffset(source))
    for (const batch of batches) expect(batch.crcIsRight).toBe(true)
  })
})

it('keeps nanoseconds together in one batch', () => {
  const times = range(0, 50).map(i => 1_700_000_000_000_000_000n + BigInt(i))
  const source = times.map((timestamp, i) => aRecord(i, { timestamp }))
  const { batches } = repack(encodeBatch({ base: 0n, records: source }))
  expect(batches).toHaveLength(1)
  expect(batches[0]?.records.map(each => each.timestamp)).toEqual(times)
  expect(batches[0]?.maxTimestamp).toBe(times.at(-1))
})

it('packs into as many batches as fit, none larger than the pool’s buffers, in order', () => {
  const source = randomRecords(3, { count: 200, base: 0 }).map(each => ({ ...each, timestamp: 5n }))
  const { batches, bytes } = repack(encodeBatch({ base: 0n, records: source }), { size: 16_384 })
  expect(batches.length).toBeGreaterThan(5)
  for (const batch of bytes) expect(batch.length).toBeLessThanOrEqual(16_384)
  expect(withoutOffset(batches.flatMap(each => each.records))).toEqual(withoutOffset(source))
})

describe('scatter', () => {
  it('hands out what lies in the span, at both ends exact', () => {
    const set = encodeBatch({ base: 10n, records: records(10, 11, 14, 15, 19), last: 21n })
    const kept = (from: number, to: number) =>
      repack(set, { span: { from, to } }).batches.flatMap(each => each.records.map(({ key }) => String(key)))
    expect(kept(11, 15)).toEqual(['k11', 'k14'])
    expect(kept(12, 20)).toEqual(['k14', 'k15', 'k19'])
    expect(kept(16, 19)).toEqual([])
  })

  it('finds a batch behind another one', () => {
    const first = encodeBatch({ base: 0n, records: records(0, 1) })
    const set = Buffer.concat([first, encodeBatch({ base: 2n, records: records(2) })])
    expect(repack(set, { at: first.length }).batches[0]?.records).toMatchObject([{ key: Buffer.from('k2') }])
  })

  it('gives every record of a LogAppendTime batch the broker’s time, as readers see it', () => {
    const set = encodeBatch({ base: 0n, records: records(0, 1), attributes: 0x08, maxTimestamp: 1_800_000_000_123n })
    expect(repack(set).batches[0]?.records.map(each => each.timestamp)).toEqual([
      1_800_000_000_123n,
      1_800_000_000_123n,
    ])
  })

  it.each([
    ['announces more records than there are', (set: Buffer) => set.writeInt32BE(4, 57)],
    ['announces fewer records than there are', (set: Buffer) => set.writeInt32BE(2, 57)],
    ['has a record longer than itself', (set: Buffer) => set.writeUInt8(0x7e, 61)],
    ['has a key longer than its record', (set: Buffer) => set.writeUInt8(0x7e, 65)],
    ['has a record without a length', (set: Buffer) => set.writeUInt8(0, 61)],
  ])('refuses a batch that %s', (_what, spoil) => {
    const set = encodeBatch({ base: 0n, records: records(0, 1, 2) })
    spoil(set)
    const behind = Buffer.concat([set, encodeBatch({ base: 3n, records: records(3) })])
    expect(() => repack(behind)).toThrow(expect.objectContaining({ code: 'corrupt' }))
  })

  it.each([5, 6, 7])('refuses codec %i', codec => {
    const set = encodeBatch({ base: 0n, records: records(0), attributes: codec })
    expect(() => repack(set)).toThrow(expect.objectContaining({ code: 'unknown-codec' }))
  })
})
