import { describe, expect, it } from 'vitest'
import { scatter } from '../../../../../src/brokers/kafka/records/scatter.js'
import { type Allowance, type Frames, Sieve } from '../../../../../src/brokers/kafka/relay/frames.js'
import type { Aborted } from '../../../../../src/brokers/kafka/wire/fetch.js'
import { aRecord, encodeBatch, marker, range, records } from '../records/a-batch.js'

const ALL: Allowance = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }
const TRANSACTIONAL = 0x10

const batch = (offsets: readonly number[], more: object = {}) =>
  encodeBatch({ base: BigInt(offsets[0] ?? 0), records: records(...offsets), ...more })

const inTransaction = (offsets: readonly number[], producerId: bigint) =>
  batch(offsets, { producerId, attributes: TRANSACTIONAL })

type Look = { set: Buffer; aborted?: readonly Aborted[]; position?: number; end?: number; allow?: Allowance }

/** What a sieve lets through, piece by piece, and the offsets of it. */
function sift({ set, aborted = [], position = 0, end = 1000, allow = ALL }: Look) {
  const answer = { partition: 0, error: 0, highWatermark: 1000, lastStable: 1000, logStart: 0 }
  const sieve = new Sieve({ ...answer, aborted: [...aborted], records: set }, position, end)
  const pieces: Frames[] = []
  for (let piece = sieve.next(allow); piece; piece = sieve.next(allow)) pieces.push(piece)
  const sum = (pick: (piece: Frames) => number) => pieces.reduce((all, piece) => all + pick(piece), 0)
  const counted = {
    bytes: sum(each => each.bytes),
    markers: sum(each => each.markers),
    aborted: sum(each => each.aborted),
  }
  return { pieces, offsets: pieces.flatMap(offsetsOf), next: pieces.at(-1)?.next, ...counted }
}

function offsetsOf({ set, starts, span }: Frames): number[] {
  const seen: number[] = []
  for (const at of starts) scatter(set, at, span, { take: (_data, { offset }) => void seen.push(offset) })
  return seen
}

describe('a sieve over whole batches', () => {
  it('hands out each record once, and where to go on', () => {
    const set = Buffer.concat([batch(range(0, 5)), batch(range(5, 8))])
    expect(sift({ set })).toMatchObject({ offsets: range(0, 8), next: 8, bytes: set.length, markers: 0, aborted: 0 })
  })

  it('starts within a batch', () => {
    expect(sift({ set: batch(range(0, 10)), position: 4 })).toMatchObject({ offsets: range(4, 10), next: 10 })
  })

  it('ends within a batch', () => {
    expect(sift({ set: batch(range(0, 10)), end: 7 })).toMatchObject({ offsets: range(0, 7), next: 7 })
  })

  it('cuts one batch at both ends, and no more of it where the allowance passes the end', () => {
    const cut = { set: batch(range(0, 10)), position: 2, end: 5 }
    expect(sift(cut)).toMatchObject({ offsets: [2, 3, 4], next: 5 })
    expect(sift({ ...cut, allow: { ...ALL, records: 4 } })).toMatchObject({ offsets: [2, 3, 4], next: 5 })
  })

  it('leaves a partial last batch for the next fetch', () => {
    const second = batch(range(3, 6))
    const set = Buffer.concat([batch(range(0, 3)), second.subarray(0, second.length - 1)])
    expect(sift({ set })).toMatchObject({ offsets: [0, 1, 2], next: 3 })
    expect(sift({ set: second.subarray(0, 20), position: 3 })).toMatchObject({ pieces: [] })
  })

  it('passes over batches before its position', () => {
    const set = Buffer.concat([batch(range(0, 3)), batch(range(3, 6))])
    expect(sift({ set, position: 3 })).toMatchObject({ offsets: [3, 4, 5], next: 6 })
  })

  it('passes over holes that compaction left within and between batches', () => {
    const set = Buffer.concat([batch([0, 3, 7], { last: 9n }), batch([20, 21])])
    expect(sift({ set })).toMatchObject({ offsets: [0, 3, 7, 20, 21], next: 22 })
  })

  it('moves on to the end where compaction left nothing before it', () => {
    expect(sift({ set: batch([100, 101]), position: 50, end: 90 })).toMatchObject({ offsets: [], next: 90 })
  })

  it('keeps the end of a batch that compaction emptied', () => {
    const set = Buffer.concat([batch([], { base: 0n, last: 4n }), batch([5])])
    expect(sift({ set })).toMatchObject({ offsets: [5], next: 6 })
  })

  it('refuses a message format older than v2', () => {
    const set = batch([0])
    set[16] = 1
    expect(() => sift({ set })).toThrow(expect.objectContaining({ code: 'old-format' }))
  })
})

describe('a sieve with an allowance', () => {
  it.each([1, 3, 4, 7])('hands out pieces of %i records that add up to the whole', allowed => {
    const set = Buffer.concat([batch(range(0, 5)), batch([5, 8, 9], { last: 11n }), batch(range(12, 20))])
    const { pieces, offsets, bytes } = sift({ set, allow: { ...ALL, records: allowed } })
    expect(offsets).toEqual([...range(0, 5), 5, 8, 9, ...range(12, 20)])
    for (const piece of pieces) expect(offsetsOf(piece).length).toBeLessThanOrEqual(allowed)
    expect(bytes).toBe(set.length)
  })

  it('hands out whole batches where only bytes bound it, at least one', () => {
    const set = Buffer.concat([batch(range(0, 5)), batch(range(5, 8))])
    const { pieces } = sift({ set, allow: { ...ALL, bytes: 1 } })
    expect(pieces.map(offsetsOf)).toEqual([range(0, 5), range(5, 8)])
  })
})

describe('a sieve over transactions', () => {
  it('leaves out control batches and aborted records, and keeps others in between', () => {
    const set = Buffer.concat([
      inTransaction([0, 1], 7n),
      inTransaction([2, 3], 8n),
      batch([4]),
      inTransaction([5], 7n),
      marker(6, 7n, 'abort'),
      marker(7, 8n, 'commit'),
      inTransaction([8], 7n),
      marker(9, 7n, 'commit'),
    ])
    const seen = sift({ set, aborted: [{ producerId: 7n, firstOffset: 0 }] })
    expect(seen).toMatchObject({ offsets: [2, 3, 4, 8], aborted: 3, markers: 3, next: 10 })
  })

  it('takes a key of four zero bytes in an aborted transaction for no marker', () => {
    const zeros = { key: Buffer.alloc(4) }
    const set = Buffer.concat([
      encodeBatch({
        base: 0n,
        producerId: 7n,
        attributes: TRANSACTIONAL,
        records: [aRecord(0, zeros), aRecord(1, zeros)],
      }),
      inTransaction([2], 7n),
      marker(3, 7n, 'abort'),
      encodeBatch({ base: 4n, producerId: 7n, attributes: TRANSACTIONAL, records: [aRecord(4, zeros)] }),
      marker(5, 7n, 'commit'),
    ])
    const seen = sift({ set, aborted: [{ producerId: 7n, firstOffset: 0 }] })
    expect(seen).toMatchObject({ offsets: [4], aborted: 3, markers: 2 })
  })

  it('starts in the middle of an aborted transaction', () => {
    const set = Buffer.concat([inTransaction([4, 5], 7n), marker(6, 7n, 'abort'), inTransaction([7], 7n)])
    const seen = sift({ set, position: 4, aborted: [{ producerId: 7n, firstOffset: 0 }] })
    expect(seen).toMatchObject({ offsets: [7], aborted: 2, markers: 1 })
  })

  // A broker lists a transaction as aborted as long as its marker is at or after the offset asked for.
  it('starts at the marker that ends an aborted transaction, and keeps what the producer commits next', () => {
    const set = Buffer.concat([marker(6, 7n, 'abort'), inTransaction([7, 8], 7n), marker(9, 7n, 'commit')])
    const seen = sift({ set, position: 6, aborted: [{ producerId: 7n, firstOffset: 0 }] })
    expect(seen).toMatchObject({ offsets: [7, 8], aborted: 0, markers: 2 })
  })

  it('tells two aborted transactions of one producer from the committed one between them', () => {
    const set = Buffer.concat([
      inTransaction([0], 7n),
      marker(1, 7n, 'abort'),
      inTransaction([2], 7n),
      marker(3, 7n, 'commit'),
      inTransaction([4], 7n),
      marker(5, 7n, 'abort'),
    ])
    const aborted = [4, 0].map(firstOffset => ({ producerId: 7n, firstOffset }))
    expect(sift({ set, aborted })).toMatchObject({ offsets: [2], aborted: 2, markers: 3 })
  })

  it('passes over a marker whose record compaction took away', () => {
    const empty = encodeBatch({ base: 1n, last: 1n, records: [], producerId: 7n, attributes: 0x30 })
    expect(sift({ set: Buffer.concat([batch([0]), empty]) })).toMatchObject({ offsets: [0], next: 2 })
  })

  it('counts only what lies before the end and after the position', () => {
    const set = inTransaction(range(0, 10), 7n)
    const seen = sift({ set, position: 3, end: 8, aborted: [{ producerId: 7n, firstOffset: 0 }] })
    expect(seen).toMatchObject({ offsets: [], aborted: 5, next: 8 })
  })
})
