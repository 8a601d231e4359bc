import { describe, expect, it } from 'vitest'
import { BufferPool } from '../../../../../src/brokers/kafka/records/buffer-pool.js'
import { BatchBuilder } from '../../../../../src/brokers/kafka/records/builder.js'
import { stamp } from '../../../../../src/brokers/kafka/records/stamp.js'
import { Sieve } from '../../../../../src/brokers/kafka/relay/frames.js'
import { chunksOf } from '../../../../../src/brokers/kafka/work/decode.js'
import { sectionOf } from '../../../../../src/brokers/kafka/work/record-section.js'
import type { Chunk } from '../../../../../src/fanout/ports.js'
import { aRecord, encodeBatch, marker, range, records } from '../records/a-batch.js'

const LANE = { topic: 'orders', lane: '3' }
const ALL = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }
const TRANSACTIONAL = 0x10
const NOBODY = { producerId: -1n, epoch: -1, sequence: -1, transactional: false }

type Look = { position?: number; end?: number; aborted?: { producerId: bigint; firstOffset: number }[] }

/** What a response holds, as chunks. */
function chunks(set: Buffer, { position = 0, end = 100_000, aborted = [] }: Look = {}): Chunk[] {
  const answer = { partition: 3, error: 0, highWatermark: end, lastStable: end, logStart: 0 }
  const sieve = new Sieve({ ...answer, aborted, records: set }, position, end)
  const found: Chunk[] = []
  for (let piece = sieve.next(ALL); piece; piece = sieve.next(ALL)) found.push(...chunksOf(piece, LANE))
  return found
}

const messages = (set: Buffer, look?: Look) => chunks(set, look).flatMap(chunk => chunk.messages)
const marks = (set: Buffer, look?: Look) => messages(set, look).map(({ mark }) => Number(mark))

describe('a message of Kafka', () => {
  it('has every field of its record', () => {
    const headers = [
      [Buffer.from('b'), Buffer.from('2')],
      [Buffer.from('a'), null],
      [Buffer.from('b'), Buffer.alloc(0)],
      [Buffer.from([0xff, 0xfe]), Buffer.from('x')],
    ] as const
    const [message] = messages(encodeBatch({ base: 7n, records: [aRecord(7, { headers, timestamp: 1234n })] }))
    expect(message).toMatchObject({ id: 'orders/3/7', target: 'orders', lane: '3', mark: '7', timestamp: 1234 })
    expect(message?.key).toEqual(Buffer.from('k7'))
    expect(message?.value).toEqual(Buffer.from('v7'))
    expect(message?.headers).toEqual([
      ['b', Buffer.from('2')],
      ['a', null],
      ['b', Buffer.alloc(0)],
      [Buffer.from([0xff, 0xfe]), Buffer.from('x')],
    ])
  })

  it('tells null from empty', () => {
    const empty = Buffer.alloc(0)
    const set = encodeBatch({
      base: 0n,
      records: [aRecord(0, { key: null, value: null }), aRecord(1, { key: empty, value: empty })],
    })
    expect(messages(set).map(({ key, value, headers }) => [key, value, headers])).toEqual([
      [null, null, []],
      [empty, empty, []],
    ])
  })

  it('tells its size about right', () => {
    const [message] = messages(encodeBatch({ base: 0n, records: [aRecord(0, { value: Buffer.alloc(5000) })] }))
    expect(message?.size).toBeGreaterThanOrEqual(5002)
    expect(message?.size).toBeLessThan(5020)
  })

  it('has the time of the log where the log appends it', () => {
    const set = encodeBatch({ base: 0n, records: records(0, 1), attributes: 0x08, maxTimestamp: 99n })
    expect(messages(set).map(({ timestamp }) => timestamp)).toEqual([99, 99])
  })
})

describe('chunks', () => {
  it('leave out markers and aborted records, and count them', () => {
    const write = (offsets: number[], producerId: bigint) =>
      encodeBatch({
        base: BigInt(offsets[0] ?? 0),
        records: records(...offsets),
        producerId,
        attributes: TRANSACTIONAL,
      })
    const set = Buffer.concat([
      write([0, 1], 1n),
      write([2, 3, 4], 2n),
      marker(5, 2n, 'abort'),
      marker(6, 1n, 'commit'),
      encodeBatch({ base: 7n, records: records(7) }),
    ])
    const [chunk, ...more] = chunks(set, { aborted: [{ producerId: 2n, firstOffset: 2 }] })
    expect(more).toEqual([])
    expect(chunk?.messages.map(({ mark }) => mark)).toEqual(['0', '1', '7'])
    expect(chunk).toMatchObject({
      next: '8',
      notData: { holes: 0n, markers: 2n, aborted: 3n },
      bytes: expect.any(Number),
    })
  })

  it('count the holes of compaction', () => {
    const set = encodeBatch({ base: 10n, records: records(11, 14), last: 19n })
    const [chunk] = chunks(set, { position: 10 })
    expect(chunk).toMatchObject({ next: '20', notData: { holes: 8n, markers: 0n, aborted: 0n } })
    expect(marks(set, { position: 10 })).toEqual([11, 14])
  })

  it('begin and end within a batch', () => {
    expect(marks(encodeBatch({ base: 0n, records: records(...range(0, 10)) }), { position: 3, end: 7 })).toEqual([
      3, 4, 5, 6,
    ])
  })

  it('have no message where there are only markers', () => {
    expect(chunks(marker(4, 1n, 'commit'), { position: 4 })).toMatchObject([
      { messages: [], next: '5', notData: { holes: 0n, markers: 1n, aborted: 0n } },
    ])
  })

  it('cut a large batch, without losing a message, a byte or a position', () => {
    const set = encodeBatch({ base: 0n, records: records(...range(0, 3456)), last: 3999n })
    const found = chunks(set)
    expect(found.map(chunk => [chunk.messages.length, chunk.next])).toEqual([
      [1000, '1000'],
      [1000, '2000'],
      [1000, '3000'],
      [456, '4000'],
    ])
    expect(found.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(set.length)
    expect(found.reduce((sum, { notData }) => sum + notData.holes, 0n)).toBe(544n)
  })

  it.each([0, 1, 2, 3, 4])('hold messages that later batches leave alone: codec %i', codec => {
    const batch = (base: number) => {
      const builder = new BatchBuilder(0, new BufferPool(64 << 10, 1))
      builder.codec = codec
      for (const { key, value, timestamp } of records(...range(base, base + 50))) {
        const message = { ...EMPTY, key, value, timestamp: Number(timestamp) }
        const { data, start, end, time } = sectionOf(message, [['h', 'x']], Date.now)
        builder.append(data, start, end, 0, time)
      }
      const { batch } = builder.take()
      stamp(batch, NOBODY).writeBigInt64BE(BigInt(base), 0)
      return batch
    }
    const found = messages(Buffer.concat([batch(0), batch(50), batch(100)]))
    expect(found.map(({ key }) => key?.toString())).toEqual(range(0, 150).map(n => `k${n}`))
    expect(found.map(({ value }) => value?.toString())).toEqual(range(0, 150).map(n => `v${n}`))
    expect(found[149]?.headers).toEqual([['h', Buffer.from('x')]])
  })
})

const EMPTY = { id: '', key: null, value: null, headers: [], timestamp: 0, target: '', lane: '', mark: '', size: 0 }
