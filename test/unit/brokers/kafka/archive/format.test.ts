import { describe, expect, it } from 'vitest'
import { kafkaFormat } from '../../../../../src/brokers/kafka/archive/format.js'
import { encodeBatch, range, records } from '../records/a-batch.js'

const format = kafkaFormat('orders.eu-1')
const batch = encodeBatch({ base: 5n, records: records(...range(5, 9)) })

describe('record batches in an archive', () => {
  it('lie in folders named as those of a log', () => {
    expect(format.folder('12')).toBe('orders.eu-1-12')
    expect(format.laneOf('orders.eu-1-12')).toBe('12')
    for (const other of ['orders.eu-1', 'orders.eu-1-x', 'orders.eu-2-12', 'orders.eu-1-1.tmp'])
      expect(format.laneOf(other)).toBeUndefined()
  })

  it('are cut into pieces by their own lengths', () => {
    const two = Buffer.concat([batch, batch])
    expect(format.length(two, batch.length)).toBe(batch.length)
    expect(format.length(two, two.length - 60)).toBeUndefined()
    expect([format.first(batch), format.next(batch)]).toEqual(['5', '9'])
  })

  it('are told from other bytes, and vouched for by their checksum', () => {
    expect(() => format.length(Buffer.alloc(100), 0)).toThrow(TypeError)
    expect(() => format.check(batch)).not.toThrow()
    const altered = Buffer.from(batch)
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1
    expect(() => format.check(altered)).toThrow(/checksum/)
  })
})
