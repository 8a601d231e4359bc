import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { addBatch, emptySample, recordsAt } from '../../../../../src/brokers/kafka/survey/lane-sample.js'
import { foldSkew, printable } from '../../../../../src/brokers/kafka/survey/skew.js'
import { batch, type TestBatch } from './batches.js'

const bounds = { now: 2_000_000, maxMessageBytes: 1000, from: 0n, to: 1000n, records: 100 }
const sampleOf = (batches: readonly TestBatch[], { lane = '0', lag = 100n, limit = 100 } = {}) => {
  const sample = emptySample(lane, lag)
  for (const [i, shape] of batches.entries())
    addBatch(sample, batch({ baseOffset: i, ...shape }), { at: 0, bounds: { ...bounds, records: limit } })
  return sample
}

describe('recordsAt', () => {
  it('reads offsets, keys and the record’s own timestamps, compressed or not', () => {
    for (const attributes of [0, 1]) {
      const shape = { attributes, baseOffset: 40, records: [{ key: 'a' }, { timestampDelta: -7, offsetDelta: 3 }] }
      const [first, second] = [...recordsAt(batch(shape), 0)]
      expect(first).toMatchObject({ offset: 40n, timestamp: 1_000_000 })
      expect(first?.key?.toString()).toBe('a')
      expect(second).toMatchObject({ offset: 43n, timestamp: 999_993, key: null })
    }
  })
  it('reads timestamp deltas beyond 32 bits', () => {
    const [only] = [...recordsAt(batch({ baseTimestamp: 0, records: [{ timestampDelta: 1_700_000_000_000 }] }), 0)]
    expect(only?.timestamp).toBe(1_700_000_000_000)
  })
  it('takes the batch’s largest time where the broker stamped it', () => {
    const [only] = [...recordsAt(batch({ attributes: 8, maxTimestamp: 5_000_000, records: [{}] }), 0)]
    expect(only?.timestamp).toBe(5_000_000)
  })
  it('refuses lengths that do not fit', () => {
    const bytes = batch({ records: [{ key: 'a' }] })
    bytes[61] = 250
    expect(() => [...recordsAt(bytes, 0)]).toThrow('lengths do not fit')
  })
})

describe('addBatch', () => {
  it('counts keys, null keys and odd timestamps', () => {
    const sample = sampleOf([
      { records: [{ key: 'a' }, { key: 'a' }, {}, { timestampDelta: 5_000_000 }] },
      { baseTimestamp: -1, records: [{}] },
    ])
    expect(sample).toMatchObject({ records: 5, nullKeys: 3, inTheFuture: 1, withoutTimestamp: 1, gaps: false })
    expect(sample.keys.get('a')).toBe(2)
  })
  it('sees compaction gaps, transactions, and passes control batches by', () => {
    expect(sampleOf([{ lastOffsetDelta: 9, records: [{}] }]).gaps).toBe(true)
    expect(sampleOf([{ attributes: 0x30, records: [{ key: 'marker' }] }])).toMatchObject({
      transactional: true,
      records: 0,
    })
  })
  it('counts records that are too large once uncompressed', () => {
    expect(sampleOf([{ attributes: 1, records: [{ value: 'x'.repeat(2000) }] }])).toMatchObject({ oversize: 1 })
  })
  it('counts a batch that is met twice once', () => {
    const twice = { baseOffset: 10, records: [{ key: 'a' }, { key: 'b' }] }
    expect(sampleOf([twice, twice])).toMatchObject({ batches: 1, batchRecords: 2, records: 4 })
  })
  it('stops at its bound', () => {
    expect(sampleOf([{ records: [{}, {}, {}] }], { limit: 2 }).records).toBe(2)
  })
})

describe('foldSkew', () => {
  it('weighs each lane by its lag', () => {
    const busy = sampleOf([{ records: [{ key: 'hot' }, { key: 'hot' }, { key: 'b' }, { key: 'c' }] }], {
      lane: '0',
      lag: 900n,
    })
    const calm = sampleOf([{ records: [{ key: 'x' }, { key: 'x' }] }], { lane: '1', lag: 100n })
    const skew = foldSkew([busy, calm])
    expect(skew?.hottest).toEqual([
      { key: 'hot', share: 0.45, lane: '0', messages: 450 },
      { key: 'x', share: 0.1, lane: '1', messages: 100 },
    ])
    expect(skew).toMatchObject({ sampled: 6, recordsPerBatch: 3, codecs: { none: 2 } })
  })
  it('is absent where nothing was sampled', () => expect(foldSkew([emptySample('0', 5n)])).toBeUndefined())
  it('prints text keys as they are and others as hex', () => {
    const latin1 = (bytes: Buffer) => bytes.toString('latin1')
    expect(printable(latin1(Buffer.from('München')))).toBe('München')
    expect(printable(latin1(Buffer.from([0, 0, 0, 7])))).toBe('0x00000007')
    expect(printable(latin1(Buffer.from([0xff, 0xfe])))).toBe('0xfffe')
  })
})
