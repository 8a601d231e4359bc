import { crc32c } from '@node-rs/crc32'
import { describe, expect, it } from 'vitest'
import { csvRecords } from '../../../../../src/archive/csv-records.js'
import { OffsetLines } from '../../../../../src/archive/offset-lines.js'
import type { RowLines } from '../../../../../src/archive/ports.js'
import { cargoOf, weigh } from '../../../../../src/brokers/kafka/discard/cargo.js'
import type { Question } from '../../../../../src/brokers/kafka/discard/examine.js'
import { type Frames, Sieve } from '../../../../../src/brokers/kafka/relay/frames.js'
import { aRecord, encodeBatch, marker, range, records } from '../records/a-batch.js'

const ALL = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }
const GZIP = 1
const TRANSACTIONAL = 0x10

const batch = (offsets: readonly number[], more: object = {}) =>
  encodeBatch({ base: BigInt(offsets[0] ?? 0), records: records(...offsets), ...more })

type Span = { readonly from?: number; readonly to?: number; readonly aborted?: readonly bigint[] }

/** The one piece of a fetch response. */
function piece(set: Buffer, { from = 0, to = 1000, aborted = [] }: Span = {}): Frames {
  const answer = { partition: 0, error: 0, highWatermark: 1000, lastStable: 1000, logStart: 0, records: set }
  const list = aborted.map(producerId => ({ producerId, firstOffset: 0 }))
  const found = new Sieve({ ...answer, aborted: list }, from, to).next(ALL)
  if (found === undefined) throw new Error('there is no piece')
  return found
}

const QUESTION: Question = { topic: 'orders', partition: 3, index: new OffsetLines('orders/3/', '3') }
const seen = (frames: Frames, question: Partial<Question> = {}) => weigh(frames, { ...QUESTION, ...question })
const kept = (frames: Frames) => cargoOf(seen(frames), QUESTION)
const rowsIn = (lines: RowLines | undefined) => [...csvRecords(lines?.csv.toString() ?? '')].map(({ fields }) => fields)
const marksIn = (lines: RowLines | undefined) => rowsIn(lines).map(fields => Number(fields[5]))

describe('what is let go of a piece', () => {
  it('is kept as it came: whole batches, those of transactions and their markers too', () => {
    const parts = [
      batch(range(0, 3), { producerId: 7n, attributes: TRANSACTIONAL }),
      batch(range(3, 5), { producerId: 8n, attributes: TRANSACTIONAL }),
      marker(5, 7n, 'abort'),
      marker(6, 8n, 'commit'),
    ]
    const { piece: archived, counts, next } = kept(piece(Buffer.concat(parts), { aborted: [7n] }))
    expect(Buffer.concat([...(archived?.bytes ?? [])])).toEqual(Buffer.concat(parts))
    expect({ first: archived?.first, next: archived?.next }).toEqual({ first: '0', next: '7' })
    expect(marksIn(archived?.lines)).toEqual([3, 4])
    expect(archived?.lines).toMatchObject({ rows: 2, first: '3', last: '4' })
    expect(counts).toMatchObject({ read: 2n, dropped: 2n, written: 0n, aborted: 3n, markers: 2n, holes: 0n })
    expect(next).toBe(7)
  })

  it('keeps a batch across an end whole, with rows and counts of what is within', () => {
    const parts = [batch(range(0, 5)), batch(range(5, 10)), batch(range(10, 15))]
    const { piece: archived, counts } = kept(piece(Buffer.concat(parts), { from: 3, to: 8 }))
    expect(Buffer.concat([...(archived?.bytes ?? [])])).toEqual(Buffer.concat(parts.slice(0, 2)))
    expect(archived).toMatchObject({ first: '3', next: '10' })
    expect(marksIn(archived?.lines)).toEqual(range(3, 8))
    expect(counts.read).toBe(5n)
  })

  it('counts what compaction took, and keeps nothing of a hole alone', () => {
    const compacted = batch([0, 4, 9], { last: 9n })
    expect(kept(piece(compacted)).counts).toMatchObject({ read: 3n, holes: 7n })
    const hole = kept(piece(batch(range(50, 55)), { to: 40 }))
    expect(hole).toMatchObject({ next: 40, counts: { read: 0n, holes: 40n } })
    expect(hole.piece).toBeUndefined()
  })

  it.each([0, GZIP])('describes each record for the index (codec %i)', attributes => {
    const known = aRecord(0, { key: Buffer.from('k'), value: Buffer.from('v'), timestamp: 1_700_000_000_123n })
    const bare = aRecord(1, { key: null, value: null, timestamp: 1_700_000_000_100n })
    const frames = piece(encodeBatch({ base: 0n, records: [known, bare], attributes }))
    // Key length, key, value length, value, number of headers; each length a zigzag varint.
    const sections = [Buffer.from([2, 0x6b, 2, 0x76, 0]), Buffer.from([1, 1, 0])]
    const [one, other] = sections.map(bytes => crc32c(bytes).toString(16).padStart(8, '0'))
    expect(rowsIn(seen(frames).lines)).toEqual([
      ['orders/3/0', 'k', '', '1700000000123', '3', '0', '5', one],
      ['orders/3/1', '', '', '1700000000100', '3', '1', '3', other],
    ])
  })

  it('is counted without a look inside where nothing is kept and no time matters', () => {
    const set = Buffer.concat([batch(range(0, 5)), batch(range(5, 10), { attributes: GZIP })])
    const looked = weigh(piece(set, { from: 2, to: 8 }), { topic: 'orders', partition: 3 })
    expect(looked.read).toBe(6)
    expect(looked.lines).toBeUndefined()
  })

  it('is not kept where it is damaged', () => {
    const set = Buffer.concat([batch(range(0, 5)), batch(range(5, 10))])
    set[set.length - 2] = 0xff
    const frames = { ...piece(set), starts: [] }
    expect(() => kept(frames)).toThrow(expect.objectContaining({ code: 'corrupt' }))
  })
})

describe('where a scope of time ends', () => {
  const aged = (...times: readonly number[]) =>
    piece(
      encodeBatch({
        base: 10n,
        records: times.map((time, at) => aRecord(10 + at, { timestamp: BigInt(time) })),
        baseTimestamp: 0n,
      }),
    )

  it.each([
    ['at the first record that is not older', [100, 200, 300, 50], { offset: 12, why: 'newer' }],
    ['at one of that very time', [100, 250], { offset: 11, why: 'newer' }],
    ['at one without a time', [100, -1, 300], { offset: 11, why: 'undated' }],
    ['nowhere, where all are older', [100, 200], undefined],
  ] as const)('is %s', (_, times, stop) => {
    expect(seen(aged(...times), { before: 250 }).stop).toEqual(stop)
  })
})
