import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDuckDb } from '../../../src/archive/duckdb.js'
import { fileIds } from '../../../src/reconcile/file-ids.js'
import { folder, run, stream } from './scene.js'

const CSV = 'id,at\n007,2026-01-01 08:00:00\n"a,""b",2026-01-01T08:00:00Z\n9007199254740993,1767254400000\n,\n'
const NDJSON =
  '{"id":9007199254740993,"at":"2026-01-01T08:00:00Z"}\n{"id":"a\\u00e9","at":1767254400000}\n{"other":1}\n'

/** The missing of a file against nothing: all that it holds. */
async function held(name: string, content: string, options: { id?: string; time?: string; zone?: string } = {}) {
  const at = folder()
  const path = join(at, name)
  writeFileSync(path, content)
  return run(await fileIds({ zone: 'UTC', ...options, path }, at), stream([]))
}

describe('ids of a file', () => {
  it('reads CSV, each id as the text that stands there', async () => {
    const found = await held('orders.csv', CSV, { id: 'id', time: 'at', zone: 'Asia/Shanghai' })
    expect([...found.missingIds].sort()).toEqual(['007', '9007199254740993', 'a,"b'])
    expect(found.withoutId.expected).toBe(1)
    expect(found.hours.map(({ hour, expected }) => [hour, expected])).toEqual([
      ['2026-01-01T00:00:00.000Z', 1],
      ['2026-01-01T08:00:00.000Z', 2],
    ])
  })

  it('reads NDJSON by member or pointer', async () => {
    const found = await held('orders.ndjson', NDJSON, { id: 'id', time: '/at' })
    expect([...found.missingIds].sort()).toEqual(['9007199254740993', 'aé'])
    expect(found.withoutId.expected).toBe(1)
  })

  it('reads a list of ids, one a line, whatever stands in them', async () => {
    const found = await held('ids.txt', 'a,b\n"q"\n\n\'x\n12 \n')
    expect([...found.missingIds].sort()).toEqual(['"q"', "'x", '12 ', 'a,b'])
  })

  it('reads Parquet', async () => {
    const at = folder()
    const path = join(at, 'orders.parquet')
    await using db = await openDuckDb({ folder: at, memory: '100MB' })
    await db.run(
      `COPY (SELECT 9007199254740993 + i AS id, TIMESTAMP '2026-01-01 00:00:00' AS at FROM range(3) t(i)) TO '${path}'`,
    )
    const found = await run(await fileIds({ path, id: 'id', time: 'at', zone: 'UTC' }, at), stream([]))
    expect(found.missingIds).toEqual(['9007199254740993', '9007199254740994', '9007199254740995'])
    expect(found.hours).toEqual([{ hour: '2026-01-01T00:00:00.000Z', expected: 3, missing: 3, duplicates: 0 }])
  })

  it('takes the only column, and names the columns where there are more', async () => {
    expect((await held('one.csv', 'number\n1\n2\n')).missing).toBe(2)
    await expect(held('two.csv', CSV)).rejects.toMatchObject({
      code: 'no-column',
      hint: expect.stringContaining('id, at'),
    })
    await expect(held('two.csv', CSV, { id: 'ident' })).rejects.toThrow('has no column ident')
  })

  it('reads times to the minute, with a zone and without', async () => {
    const times = [
      '2026-01-31T08:10Z',
      '2026-01-31 09:10+01:00',
      '2026-01-31T09:10',
      '2026-01-31T09:10:59.9',
      '1769847000000',
    ]
    const rows = times.map((time, at) => `${at},${time}\n`).join('')
    const found = await held('t.csv', `id,at\n${rows}`, { id: 'id', time: 'at', zone: 'Europe/Berlin' })
    expect(found.hours).toEqual([{ hour: '2026-01-31T08:00:00.000Z', expected: 5, missing: 5, duplicates: 0 }])
    await expect(held('t.csv', 'id,at\n1,1769847000.5\n', { id: 'id', time: 'at' })).rejects.toThrow('is no time')
  })

  it('says what is no time, and what cannot be read', async () => {
    await expect(held('bad.csv', 'id,at\n1,soon\n', { id: 'id', time: 'at' })).rejects.toThrow('"soon" is no time')
    await expect(held('bad.parquet', 'no parquet', { id: 'id' })).rejects.toMatchObject({ code: 'unreadable' })
    await expect(held('ids.txt', '1\n', { time: 'at' })).rejects.toThrow('no column at')
    await expect(held('a[1].csv', 'id\n1\n')).rejects.toThrow('several files')
  })
})
