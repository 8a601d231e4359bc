import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { literal, openDuckDb } from '../../../src/archive/duckdb.js'
import type { RowsAsked } from '../../../src/core/rows-asked.js'
import { FileRows, stampOf } from '../../../src/databases/file.js'
import { rowJson } from '../../../src/replay/rows/json.js'
import type { RowPlace } from '../../../src/replay/rows/ports.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-rows-'))
})
afterAll(async () => rm(folder, { recursive: true }))

const ALL: RowsAsked = { of: { table: 'f' }, key: 'id', time: '', from: '', to: '' }

async function open(name: string, text?: string): Promise<FileRows> {
  const path = join(folder, name)
  if (text !== undefined) await writeFile(path, text)
  return new FileRows(path, await stampOf(path))
}

/** All rows as JSON, and what else there is to know of them, in pages of two. */
async function read(rows: FileRows, asked: RowsAsked) {
  const found: { key: string; at: number; version: string | undefined; json: string }[] = []
  for (let after: RowPlace | undefined; ; ) {
    const page = await rows.page(asked, after, 2)
    for (const { place, at, values, version } of page.rows)
      found.push({ key: place.key, at, version, json: rowJson(page.columns, values) })
    after = page.rows.at(-1)?.place ?? after
    if (page.rows.length < 2 && page.more !== true) return found
  }
}

describe('rows of a file', () => {
  it('are text in CSV, where nothing is NULL and "" is empty, in the order of the file', async () => {
    await using rows = await open('a.csv', 'id,note\n007,\n2,""\n1,"a ""q"",\nb"\n')
    expect(await rows.look(ALL)).toMatchObject({ count: 3n, withoutKey: 0n })
    expect((await read(rows, ALL)).map(({ json }) => json)).toEqual([
      '{"id":"007","note":null}',
      '{"id":"2","note":""}',
      '{"id":"1","note":"a \\"q\\",\\nb"}',
    ])
  })

  it('are members of NDJSON digit by digit, whichever each line has', async () => {
    const lines = [
      '{"id":9007199254740993,"d":1.10,"x":{"a":[1,2.50,"}"]},  "s":"\\u00e9"}',
      '{"id":2,"d":null,"x":[],"s":null}',
      '{"id":"3"}',
    ]
    await using rows = await open('a.ndjson', `${lines.join('\n')}\n`)
    expect(await rows.look(ALL)).toMatchObject({ count: 3n })
    expect((await read(rows, ALL)).map(({ key, json }) => ({ key, json }))).toEqual([
      { key: '9007199254740993', json: '{"id":9007199254740993,"d":1.10,"x":{"a":[1,2.50,"}"]},"s":"é"}' },
      { key: '2', json: '{"id":2,"d":null,"x":[],"s":null}' },
      { key: '3', json: '{"id":"3"}' },
    ])
  })

  it('keep every digit of Parquet', async () => {
    const path = join(folder, 'a.parquet')
    await using db = await openDuckDb({ folder, memory: '256MB' })
    await db.run(
      `COPY (SELECT 9007199254740993::BIGINT AS id, 12345678901234567890.0123456789::DECIMAL(30,10) AS d, TIMESTAMP '2026-01-31 08:00:00.123456' AS wall,
      TIMESTAMPTZ '2026-01-31 09:00:00+01' AS at, '\\x00\\xFF'::BLOB AS raw, {a: [1, NULL]} AS n, NULL::VARCHAR AS none, true AS ok) TO ${literal(path)} (FORMAT parquet)`,
    )
    await using rows = await open('a.parquet')
    const asked = { ...ALL, time: 'at' }
    expect(await read(rows, asked)).toEqual([
      {
        key: '9007199254740993',
        at: Date.parse('2026-01-31T08:00Z'),
        version: '1769846400000000',
        json: '{"id":9007199254740993,"d":"12345678901234567890.0123456789","wall":"2026-01-31T08:00:00.123456","at":"2026-01-31T08:00:00Z","raw":"AP8=","n":{"a":[1,null]},"none":null,"ok":true}',
      },
    ])
  })

  it('go by time and key within a window, times without a zone as its clocks show them', async () => {
    const csv =
      'id,at\n1,2026-01-31T09:30\n2,2026-01-31 08:00:00+01:00\n3,2026-01-31 08:00\n4,1769846399999\n5,2026-01-31T10:00\n6,\n'
    await using rows = await open('t.csv', csv)
    const window = { from: '2026-01-31T07:00:00.000Z', to: '2026-01-31T09:00:00.000Z' }
    const asked = { ...ALL, time: 'at', ...window, zone: 'Europe/Berlin' }
    expect(await rows.look(asked)).toMatchObject({ count: 4n })
    const found = await read(rows, asked)
    expect(found.map(({ key }) => key).sort()).toEqual(['1', '2', '3', '4'])
    expect(found.find(({ key }) => key === '1')?.at).toBe(Date.parse('2026-01-31T08:30Z'))
    expect(found.find(({ key }) => key === '3')?.at).toBe(Date.parse('2026-01-31T07:00Z'))
  })

  it('go on behind any row', async () => {
    await using rows = await open('n.ndjson', Array.from({ length: 5000 }, (_, n) => `{"id":${n}}`).join('\n'))
    const { rows: some } = await rows.page(ALL, { time: '4000', key: 'whatever' }, 3)
    expect(some.map(({ place }) => place)).toEqual(
      ['4001', '4002', '4003'].map((time, n) => ({ time, key: `${4000 + n}` })),
    )
    expect((await rows.page(ALL, { time: '4998', key: '' }, 9)).rows).toHaveLength(2)
  })

  it.each([
    ['k.csv', 'id\n1\n1\n', {}, 'no-unique-key'],
    ['c.csv', 'ident\n1\n', {}, 'no-column'],
    [
      't.csv',
      'id,at\n1,yesterday\n',
      { time: 'at', from: '2026-01-31T07:00:00.000Z', to: '2026-01-31T08:00:00.000Z' },
      'unreadable',
    ],
    ['a.txt', '1\n', {}, 'unreadable'],
    ['j.ndjson', '{"id":1\n', {}, 'unreadable'],
  ])('are refused of %s', async (name, text, more, code) => {
    await using rows = await open(name, text)
    await expect(rows.look({ ...ALL, ...more })).rejects.toMatchObject({ exitCode: 2, code })
  })

  it('are refused of a file that is another one by now', async () => {
    await using rows = await open('s.csv', 'id\n1\n')
    await rows.look(ALL)
    await utimes(join(folder, 's.csv'), 1, 1)
    await expect(rows.page(ALL, undefined, 9)).rejects.toMatchObject({ exitCode: 4, code: 'stale' })
    await rm(join(folder, 's.csv'))
    await expect(rows.look(ALL)).rejects.toMatchObject({ exitCode: 2, code: 'unreadable' })
  })
})
