import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { HEADER_BYTES } from '../../../../../src/brokers/kafka/records/batch-header.js'
import { BufferPool } from '../../../../../src/brokers/kafka/records/buffer-pool.js'
import { BatchBuilder } from '../../../../../src/brokers/kafka/records/builder.js'
import { decompress } from '../../../../../src/brokers/kafka/records/codec/codec.js'
import { stamp } from '../../../../../src/brokers/kafka/records/stamp.js'
import { decodeBatch } from './a-batch.js'

const NOBODY = { producerId: -1n, epoch: -1, sequence: -1, transactional: false }
/** Key length to last header byte of a record with a null key and a value of this many bytes. */
const body = (bytes: number) =>
  Buffer.concat([Buffer.from([1, ...length(bytes)]), Buffer.alloc(bytes, 7), Buffer.of(0)])
const length = (n: number): number[] => (n < 64 ? [2 * n] : [((2 * n) & 127) | 128, (2 * n) >> 7])

it('takes any record while it is empty, and only what fits afterwards', () => {
  const builder = new BatchBuilder(3, new BufferPool(1024, 2))
  expect(builder.fits(5000)).toBe(true)
  builder.append(body(1000), 0, 1004, 0, 1)
  expect(builder.fits(1)).toBe(false)
  expect(builder).toMatchObject({ partition: 3, records: 1 })
})

it('takes a record that is larger than the pool’s buffers, and keeps none of those', () => {
  const pool = new BufferPool(256, 2)
  const builder = new BatchBuilder(0, pool)
  builder.append(body(1500), 0, 1504, 0, 1)
  const built = builder.take()
  expect(decodeBatch(stamp(built.batch, NOBODY)).records[0]?.value).toHaveLength(1500)
  built.release()
  expect(pool.take(10)).toHaveLength(256)
})

it('begins anew after a batch was taken or dropped', () => {
  const pool = new BufferPool(1024, 2)
  const builder = new BatchBuilder(0, pool)
  builder.append(body(10), 0, 13, 0, 900)
  builder.take()
  builder.append(body(20), 0, 23, 0, 100)
  builder.clear()
  expect(builder.records).toBe(0)
  builder.append(body(30), 0, 33, 0, 50)
  builder.append(body(30), 0, 33, 0, 40)
  expect(decodeBatch(stamp(builder.take().batch, NOBODY))).toMatchObject({
    baseTimestamp: 50n,
    maxTimestamp: 50n,
    records: [{ timestamp: 50n }, { timestamp: 40n }],
  })
})

it('fills a buffer to its last byte without writing past it', () => {
  for (let size = 200; size < 300; size++) {
    const builder = new BatchBuilder(0, new BufferPool(size, 2))
    let count = 0
    while (builder.fits(13)) {
      builder.append(body(10), 0, 13, 0, count++ * -10_000_000)
    }
    expect(decodeBatch(stamp(builder.take().batch, NOBODY)).records).toHaveLength(count)
  }
})

describe.each([1, 2, 3, 4])('pack with codec %d', codec => {
  const packed = async (value: Buffer) => {
    const pool = new BufferPool(65_536, 2)
    const builder = new BatchBuilder(0, pool)
    builder.codec = codec
    const record = Buffer.concat([body(0).subarray(0, 1), lengthOf(value), value, Buffer.of(0)])
    builder.append(record, 0, record.length, 0, 5)
    const packing = builder.pack()
    expect(builder.records).toBe(0)
    if (!('done' in packing)) throw new Error('not packed later')
    expect(packing.records).toBe(1)
    const { batch } = await packing.done
    expect([batch.readInt32BE(8), batch.readUInt8(22)]).toEqual([batch.length - 12, codec])
    const plain = Buffer.concat([batch.subarray(0, HEADER_BYTES), decompress(codec, batch, HEADER_BYTES, batch.length)])
    plain.writeInt32BE(plain.length - 12, 8)
    plain.writeUInt8(0, 22)
    return decodeBatch(stamp(plain, NOBODY))
  }

  it.each([0, 10, 5000, 65_400])('keeps %d bytes that repeat themselves', async bytes => {
    const value = Buffer.alloc(bytes, 'spill')
    expect((await packed(value)).records[0]).toMatchObject({ value, timestamp: 5n })
  })

  it.each([10, 5000, 65_400])('keeps %d random bytes, which grow', async bytes => {
    const value = randomBytes(bytes)
    const batch = await packed(value)
    expect(batch.records[0]?.value?.equals(value)).toBe(true)
  })
})

/** A varint. */
function lengthOf(value: Buffer): Buffer {
  const bytes: number[] = []
  let left = value.length * 2
  for (; left > 127; left >>>= 7) bytes.push((left & 127) | 128)
  return Buffer.from([...bytes, left])
}
