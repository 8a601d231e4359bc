import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openMap, type RowMap } from '../../../../src/replay/rows/map/open.js'
import type { RowPage, RowSource, RowsLook } from '../../../../src/replay/rows/ports.js'
import { tryMap } from '../../../../src/verbs/replay/map-look.js'
import { ASKED, aRow, COLUMNS } from '../../replay/rows/map/rows.js'

let home: string
let map: RowMap
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'map-look-'))
  await writeFile(join(home, 'm.yaml'), 'key: ${note}\n')
  map = await openMap(join(home, 'm.yaml'))
})
afterAll(async () => rm(home, { recursive: true }))

const sourceOf = (pages: readonly RowPage[]): RowSource => {
  const left = [...pages]
  return {
    look: () => Promise.reject(new Error('not asked')),
    page: async () => left.shift() ?? { columns: [], rows: [] },
    [Symbol.asyncDispose]: async () => undefined,
  }
}
const LOOK: RowsLook = { columns: COLUMNS, count: 2n, withoutKey: 0n }
const pages = [{ columns: COLUMNS, rows: [aRow(), aRow({ note: null })] }]

it('says how many of the first rows cannot be mapped', async () => {
  const looked = { ...LOOK, indexed: true }
  expect(await tryMap(map, { source: sourceOf(pages), asked: ASKED, looked })).toEqual([
    '1 of the first 2 rows cannot be mapped and would be parked: key is NULL. Look at them with --sample 2',
  ])
  expect(await tryMap(map, { source: sourceOf([]), asked: ASKED, looked })).toEqual([])
})

it('reads no row where that may take long, and yet knows the columns', async () => {
  expect(await tryMap(map, { source: sourceOf(pages), asked: ASKED, looked: LOOK })).toEqual([])
  const looked = { ...LOOK, columns: COLUMNS.slice(0, 2) }
  await expect(tryMap(map, { source: sourceOf(pages), asked: ASKED, looked })).rejects.toMatchObject({
    code: 'no-column',
  })
})

it('takes the columns of a file from its first rows, which need not have the same', async () => {
  const looked = { ...LOOK, columns: [] }
  const without = { columns: COLUMNS.slice(0, 2), rows: [aRow()] }
  const ragged = sourceOf([{ ...without, more: true }, ...pages])
  expect(await tryMap(map, { source: ragged, asked: ASKED, looked })).toEqual([
    '2 of the first 3 rows cannot be mapped and would be parked: there is no column note. Look at them with --sample 3',
  ])
  await expect(tryMap(map, { source: sourceOf([without]), asked: ASKED, looked })).rejects.toMatchObject({
    code: 'no-column',
  })
})
