import { expect, it } from 'vitest'
import { putVarint, varintBytes, zigzag } from '../../../../../src/brokers/kafka/records/varint.js'
import { varint } from './a-batch.js'

const EDGES = [0, 6, 7, 13, 14, 20, 21, 27, 28, 30, 31, 32, 34, 35, 41, 42, 48, 49, 51].flatMap(bits => {
  const at = 2 ** bits
  return [at - 1, at, at + 1, -at + 1, -at, -at - 1]
})

it.each(EDGES)('writes %i as protobuf does, in as many bytes as announced', value => {
  const target = Buffer.alloc(16, 0xee)
  const end = putVarint(target, 3, zigzag(value))
  const expected = varint(BigInt(value))
  expect(target.subarray(3, end)).toEqual(expected)
  expect(target[end]).toBe(0xee)
  expect(varintBytes(zigzag(value))).toBe(expected.length)
})
