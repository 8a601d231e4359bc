import { describe, expect, it } from 'vitest'
import { addWhole, RecordSum, type WholeRecord } from '../../../../../src/brokers/kafka/verify/record-hash.js'

const record = (given: Partial<WholeRecord> = {}): WholeRecord => ({
  key: Buffer.from('key'),
  value: Buffer.from('value'),
  headers: [
    ['a', Buffer.from('1')],
    ['b', null],
  ],
  timestamp: 1_700_000_000_000,
  ...given,
})
const sumOf = (...records: readonly WholeRecord[]) => {
  const sum = new RecordSum()
  for (const each of records) addWhole(sum, each)
  return sum.total()
}
const hex = (...records: readonly WholeRecord[]) => sumOf(...records).sum.toString(16)

describe('the sum of records', () => {
  it('does not depend on their order, but on their number', () => {
    const [a, b] = [record(), record({ value: Buffer.from('other') })]
    expect(sumOf(a, b)).toEqual(sumOf(b, a))
    expect(sumOf(a, a)).not.toEqual(sumOf(a))
    expect(sumOf(a, a).records).toBe(2)
  })

  it('tells null from empty, a header’s place from another, and every bit of the timestamp', () => {
    const sums = [
      record(),
      record({ key: null }),
      record({ key: Buffer.alloc(0) }),
      record({ value: null }),
      record({ value: Buffer.alloc(0) }),
      record({ headers: [] }),
      record({ headers: [...record().headers].reverse() }),
      record({
        headers: [
          ['a', Buffer.from('1')],
          ['b', Buffer.alloc(0)],
        ],
      }),
      record({ timestamp: 1_700_000_000_001 }),
      record({ timestamp: 1_700_000_000_000 + 2 ** 32 }),
      record({ timestamp: -1 }),
      record({ key: Buffer.from('ke'), value: Buffer.from('yvalue') }),
    ].map(each => hex(each))
    expect(new Set(sums).size).toBe(sums.length)
  })

  it('sees timestamps, or values, that two records have exchanged', () => {
    const a = record({ key: Buffer.from('a'), timestamp: 1 })
    const b = record({ key: Buffer.from('b'), timestamp: 2 })
    expect(hex(a, b)).not.toBe(hex({ ...a, timestamp: 2 }, { ...b, timestamp: 1 }))
  })

  it('wraps at 2^64, and spreads over all of it', () => {
    const many = Array.from({ length: 1000 }, (_, i) => record({ value: Buffer.from(`v${i}`) }))
    const one = many.reduce((sum, each) => BigInt.asUintN(64, sum + sumOf(each).sum), 0n)
    expect(sumOf(...many)).toEqual({ records: 1000, sum: one })
    expect(new Set(many.map(each => hex(each))).size).toBe(1000)
  })
})
