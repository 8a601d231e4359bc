import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { IdStream, Slice, TimeRange } from '../../../src/reconcile/ports.js'
import { differing, SLICE_MS } from '../../../src/reconcile/slices.js'
import { run } from './scene.js'

type Row = readonly [id: string, time: number]

const isIn = (time: number, { from, to }: TimeRange): boolean => time >= (from ?? time) && time < (to ?? time + 1)
const digits = (id: string): bigint => BigInt(`0x${createHash('md5').update(id).digest('hex').slice(0, 15)}`)

/** A table that keeps the time of each id, and notes what was read of it. */
function aTable(rows: readonly Row[]): IdStream & { readonly read: string[] } {
  const read: string[] = []
  return {
    kind: 'stream',
    name: 'a table',
    read,
    async *batches(range) {
      const found = rows.filter(([, time]) => isIn(time, range))
      read.push(...found.map(([id]) => id))
      yield { ids: found.map(([id]) => id), times: found.map(([, time]) => time) }
    },
    async slices(range, width) {
      const slices = new Map<number, Slice>()
      for (const [id, time] of rows.filter(([, time]) => isIn(time, range))) {
        const from = Math.floor(time / width) * width
        const { count, sum } = slices.get(from) ?? { count: 0n, sum: 0n }
        slices.set(from, { from, count: count + 1n, sum: sum + digits(id) })
      }
      return [...slices.values()]
    },
  }
}

const rows = (hours: number): Row[] =>
  Array.from({ length: hours * 10 }, (_, at) => [`o${at}`, Math.floor(at / 10) * SLICE_MS + (at % 10)])

describe('the first pass by sums', () => {
  it('reads only the hours that differ', async () => {
    const all = rows(24)
    const [expected, seen] = [aTable(all), aTable(all.filter(([id]) => id !== 'o55' && id !== 'o171'))]
    const found = await run(expected, seen)
    expect(found).toMatchObject({ expected: 240, seen: 238, missing: 2, extra: 0, missingIds: ['o55', 'o171'] })
    expect(expected.read).toHaveLength(20)
    expect(found.hours).toHaveLength(24)
    expect(found.hours[5]).toMatchObject({ expected: 10, missing: 1 })
    expect(found.hours[6]).toMatchObject({ expected: 10, missing: 0 })
  })

  it('reads nothing where all is the same', async () => {
    const [expected, seen] = [aTable(rows(3)), aTable(rows(3))]
    expect(await run(expected, seen)).toMatchObject({ expected: 30, seen: 30, missing: 0, missingIds: [] })
    expect([...expected.read, ...seen.read]).toEqual([])
  })

  it('tells a second sighting in another hour from something extra', async () => {
    const all = rows(3)
    const found = await run(aTable(all), aTable([...all, ['o1', 5 * SLICE_MS]]))
    expect(found).toMatchObject({ expected: 30, seen: 31, missing: 0, extra: 0, duplicates: 1 })
  })

  it('gives the same as reading all, whatever lies where', async () => {
    const all = rows(4)
    const seen: Row[] = all
      .filter((_, at) => at % 7 > 0)
      .map(([id, time], at) => [id, at % 5 === 0 ? time + SLICE_MS : time])
    const range = { from: SLICE_MS / 2, to: 3 * SLICE_MS }
    const { missingFile: _, ...sliced } = await run(aTable(all), aTable(seen), { range })
    const { slices: _one, ...expected } = aTable(all)
    const { missingFile: __, ...whole } = await run(expected, aTable(seen), { range })
    expect(sliced).toEqual(whole)
  })

  it('joins neighbours that differ', () => {
    const slice = (hour: number, count: bigint): Slice => ({ from: hour * SLICE_MS, count, sum: 1n })
    const { ranges } = differing([slice(1, 1n), slice(2, 1n), slice(5, 1n)], [slice(2, 2n), slice(3, 1n), slice(5, 1n)])
    expect(ranges).toEqual([{ from: SLICE_MS, to: 4 * SLICE_MS }])
  })
})
