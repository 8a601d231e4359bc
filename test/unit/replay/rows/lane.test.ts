import { expect, it } from 'vitest'
import { rowLane } from '../../../../src/replay/rows/lane.js'
import { END, START } from '../../../../src/replay/rows/mark.js'
import type { Row, RowPlace, RowSource } from '../../../../src/replay/rows/ports.js'

const ASKED = { of: { table: 't' }, key: 'id', time: 'at', from: '', to: '' } as const

/** Rows in memory, in the order of time and key. */
const sourceOf = (places: readonly RowPlace[]): RowSource => ({
  look: async () => ({ columns: [], count: BigInt(places.length), withoutKey: 0n }),
  page: async (_asked, after, limit) => {
    const at =
      after === undefined ? 0 : places.findIndex(each => each.time === after.time && each.key === after.key) + 1
    const rows = places.slice(at, at + limit).map((place): Row => ({ place, at: 0, values: [place.key] }))
    return { columns: [{ name: 'id', kind: 'text' }], rows }
  },
  [Symbol.asyncDispose]: async () => undefined,
})

async function keysOf(source: RowSource, from = START) {
  const keys: string[] = []
  let next = from
  const lane = rowLane({ source, asked: ASKED, clock: () => 0 })
  for await (const chunk of lane.read(from, new AbortController().signal)) {
    keys.push(...chunk.items.map(({ message }) => String(message.key)))
    next = chunk.next
  }
  return { keys, next }
}

const places = Array.from({ length: 100 }, (_, at) => ({ time: 'same', key: String(at) }))

it('hands out each row once over all pages, and ends at its end', async () => {
  const { keys, next } = await keysOf(sourceOf(places))
  expect(keys).toEqual(places.map(({ key }) => key))
  expect(next).toBe(END)
})

it('goes on behind a row, and of nothing comes to its end', async () => {
  expect((await keysOf(sourceOf(places), '["same","97"]')).keys).toEqual(['98', '99'])
  expect(await keysOf(sourceOf([]))).toEqual({ keys: [], next: END })
})

it('stops at two rows in the same place, also across the border of a page', async () => {
  const alike = [...places.slice(0, 16), { time: 'same', key: '15' }]
  await expect(keysOf(sourceOf(alike))).rejects.toMatchObject({ code: 'no-unique-key' })
})
