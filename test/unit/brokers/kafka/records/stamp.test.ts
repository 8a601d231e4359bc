import { describe, expect, it } from 'vitest'
import { nextSequence, stamp } from '../../../../../src/brokers/kafka/records/stamp.js'
import { decodeBatch, encodeBatch, range, records } from './a-batch.js'

const NOBODY = { producerId: -1n, epoch: -1, sequence: -1, transactional: false }

describe('stamp', () => {
  it('keeps codec and records, and drops what the source broker and producer wrote', () => {
    const source = encodeBatch({ base: 700n, records: records(...range(700, 705)), producerId: 3n, attributes: 0x19 })
    source.writeInt32BE(9, 12)
    const body = Buffer.from(source.subarray(61))
    const stamped = stamp(source, { producerId: 2n ** 40n, epoch: 5, sequence: 77, transactional: true })
    expect(decodeBatch(stamped)).toMatchObject({ base: 0n, attributes: 0x11, producerId: 2n ** 40n, crcIsRight: true })
    expect([stamped.readInt32BE(12), stamped.readInt16BE(51), stamped.readInt32BE(53)]).toEqual([-1, 5, 77])
    expect(stamped.subarray(61)).toEqual(body)
  })

  it('leaves no producer where there is no idempotence', () => {
    const stamped = stamp(encodeBatch({ base: 1n, records: records(1), producerId: 3n, attributes: 0x10 }), NOBODY)
    expect(decodeBatch(stamped)).toMatchObject({ attributes: 0, producerId: -1n, crcIsRight: true })
  })
})

describe('nextSequence', () => {
  it('goes on by the number of records, and wraps after 2^31-1 as the broker expects', () => {
    expect(nextSequence(5, 3)).toBe(8)
    expect(nextSequence(2147483647, 1)).toBe(0)
    expect(nextSequence(2147483600, 100)).toBe(52)
  })
})
