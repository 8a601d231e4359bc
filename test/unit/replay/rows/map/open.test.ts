import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openMap, reopenMap } from '../../../../../src/replay/rows/map/open.js'
import { ASKED, aRow, COLUMNS } from './rows.js'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'row-map-'))
})
afterAll(async () => rm(home, { recursive: true }))

async function fileOf(name: string, text: string): Promise<string> {
  await writeFile(join(home, name), text)
  return join(home, name)
}

it('goes on with a mapping in YAML as it was planned, whatever became of the file', async () => {
  const file = await fileOf('m.yaml', 'key: ${note}\n')
  const { planned } = await openMap(file)
  await writeFile(file, 'key: ${paid}\n')
  const again = await reopenMap(JSON.parse(JSON.stringify(planned)))
  const { message } = again.toMessage({ asked: ASKED, columns: COLUMNS, zone: 'UTC' })(COLUMNS, aRow())
  expect(String(message.key)).toBe('é "x"')
})

it('does not go on with a module that was edited', async () => {
  const file = await fileOf('m.mjs', 'export default row => ({ key: row.note })\n')
  const { planned } = await openMap(file)
  expect((await reopenMap(planned)).planned).toEqual(planned)
  await writeFile(file, 'export default row => ({ key: row.paid })\n')
  await expect(reopenMap(planned)).rejects.toMatchObject({ code: 'stale', exitCode: 4 })
})

it.each([
  ['none.mjs', 'export const other = 1', 'exports no function map'],
  ['async.mjs', 'export const map = async row => ({})', 'is async'],
  ['broken.mjs', "throw new RangeError('no')", 'cannot be loaded: RangeError: no'],
])('refuses %s, and says what it must be', async (name, text, why) => {
  await expect(openMap(await fileOf(name, text))).rejects.toMatchObject({
    code: 'mapping',
    exitCode: 2,
    message: expect.stringContaining(why),
    hint: expect.stringContaining('export const map'),
  })
})

it('refuses a file that is not UTF-8', async () => {
  await writeFile(join(home, 'latin.yaml'), Buffer.from('headers: {a: "\xe9"}', 'latin1'))
  await expect(openMap(join(home, 'latin.yaml'))).rejects.toMatchObject({
    code: 'mapping',
    message: expect.stringContaining('not UTF-8'),
  })
})

it('stops where the columns change on the way to such as it does not know', async () => {
  const map = await openMap(await fileOf('c.yaml', 'key: ${note}\n'))
  const toMessage = map.toMessage({ asked: ASKED, columns: COLUMNS, zone: 'UTC' })
  expect(String(toMessage(COLUMNS, aRow()).message.key)).toBe('é "x"')
  const [id, ...others] = COLUMNS
  const turned = { ...aRow(), values: [...aRow().values.slice(1), '7'] }
  expect(String(toMessage([...others, { ...id, name: 'id', kind: 'integer' }], turned).message.key)).toBe('é "x"')
  expect(() => toMessage(COLUMNS.slice(0, 3), aRow())).toThrow('names a column that the rows do not have')
})

it('parks a row of a file that has not all columns, or takes them for NULL', async () => {
  const text = 'key: ${note}\nheaders:\n  a: ${gone?}\nbody: {column: raw}\neventId: {columns: [id]}\n'
  const map = await openMap(await fileOf('f.yaml', text))
  const toMessage = map.toMessage({ asked: ASKED, columns: [], zone: 'UTC' })
  expect(toMessage(COLUMNS, aRow()).message.headers.map(([name]) => name)).toEqual(['x-event-id'])
  expect(toMessage(COLUMNS.slice(0, 4), aRow()).unable).toBe('there is no column note')
  expect(toMessage(COLUMNS.slice(0, 5), aRow()).unable).toBe('there is no column raw')
  expect(toMessage(COLUMNS.slice(4), aRow()).unable).toBe('there is no column id')
})
