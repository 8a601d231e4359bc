import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RowMapOnce } from '../../../../src/verbs/replay/row-map-once.js'
import { fakeIo } from '../../commands/fake-io.js'
import { ASKED, aRow, COLUMNS } from '../../replay/rows/map/rows.js'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'row-map-once-'))
})
afterAll(async () => rm(home, { recursive: true }))

it('keeps what a module logs out of the result, as long as it is at work', async () => {
  const file = join(home, 'm.mjs')
  await writeFile(file, 'export const map = row => { console.log("seen", row.paid); return {} }\n')
  const { io, out, err } = fakeIo()
  const before = globalThis.console
  {
    using once = new RowMapOnce(file, io)
    const map = await once.get()
    expect(await once.get()).toBe(map)
    map?.toMessage({ asked: ASKED, columns: COLUMNS, zone: 'UTC' })(COLUMNS, aRow())
    expect(globalThis.console).not.toBe(before)
  }
  expect(globalThis.console).toBe(before)
  expect([out(), err()]).toEqual(['', 'seen true\n'])
})

it('is nothing where rows go as they are', async () => {
  using once = new RowMapOnce(undefined, fakeIo().io)
  expect(await once.get()).toBeUndefined()
})
