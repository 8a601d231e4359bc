import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseDatabase } from '../../src/core/address/database.js'
import type { RowsAsked } from '../../src/core/rows-asked.js'
import { openRows } from '../../src/databases/open.js'
import { runMysql } from '../../src/lab/mysql/client.js'
import type { RowPlace, RowSource } from '../../src/replay/rows/ports.js'
import { withMysql } from './mysql-lab.js'
import { query, withPostgres } from './postgres-lab.js'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rows-'))
})
afterAll(async () => rm(home, { recursive: true }))

const ASKED: RowsAsked = {
  of: { table: 'orders' },
  key: 'id',
  time: 'at',
  from: '2026-01-31T00:00:00.000Z',
  to: '2026-02-01T00:00:00.000Z',
}

const open = (url: string): Promise<RowSource> => {
  const place = parseDatabase(url)
  if (place?.credentials === undefined) throw new TypeError('no address')
  return openRows({ address: place.address, credentials: place.credentials })
}

/** All keys, in pages of two. */
async function keysOf(rows: RowSource, asked: RowsAsked): Promise<string[]> {
  const keys: string[] = []
  for (let after: RowPlace | undefined; ; ) {
    const page = await rows.page(asked, after, 2)
    keys.push(...page.rows.map(({ place }) => place.key))
    after = page.rows.at(-1)?.place
    if (after === undefined) return keys
  }
}

it('reads rows of PostgreSQL digit by digit, and pages over equal times', async () => {
  await withPostgres({ home, config: { fsync: 'off' } }, async ({ url }) => {
    await query(
      url,
      `CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz, amount numeric(30,10), doc jsonb, raw bytea, note text, wall timestamp, ok boolean)`,
    )
    await query(
      url,
      `INSERT INTO orders VALUES (9007199254740993, '2026-01-31 09:00:00.123456+01', 12345678901234567890.0123456789, '{"a":[1,2.50]}', '\\x00ff', 'é', '2026-01-31 08:00', true)`,
    )
    await query(url, `INSERT INTO orders SELECT n, '2026-01-31 10:00Z' FROM generate_series(1, 5) n`)
    await query(url, `INSERT INTO orders VALUES (6, '2026-02-01 00:00Z'), (7, '2026-01-30 23:59:59.999999Z')`)
    await using rows = await open(url)
    expect(await rows.look(ASKED)).toMatchObject({ count: 6n, withoutKey: 0n })
    const { columns, rows: [first, second] = [] } = await rows.page(ASKED, undefined, 2)
    expect(columns.map(({ kind }) => kind)).toEqual([
      'integer',
      'instant',
      'decimal',
      'json',
      'bytes',
      'text',
      'wall',
      'boolean',
    ])
    expect(first?.values).toEqual([
      '9007199254740993',
      '2026-01-31T08:00:00.123456Z',
      '12345678901234567890.0123456789',
      '{"a": [1, 2.50]}',
      Buffer.from([0, 255]),
      'é',
      '2026-01-31T08:00:00',
      'true',
    ])
    expect(first?.at).toBe(Date.parse('2026-01-31T08:00:00.123Z'))
    expect(second?.values.slice(2)).toEqual([null, null, null, null, null, null])
    expect(await keysOf(rows, ASKED)).toEqual(['9007199254740993', '1', '2', '3', '4', '5'])
    const asQuery = { ...ASKED, of: { query: 'SELECT id, at FROM orders WHERE id > 2;' } }
    await using again = await open(url)
    expect(await keysOf(again, asQuery)).toEqual(['9007199254740993', '3', '4', '5'])
    await query(url, 'ALTER TABLE orders DROP CONSTRAINT orders_pkey')
    await expect(rows.look(ASKED)).rejects.toMatchObject({ exitCode: 2, code: 'no-unique-key' })
    await expect(rows.look({ ...ASKED, key: 'idd' })).rejects.toMatchObject({ code: 'no-column' })
    await expect(rows.look({ ...ASKED, of: { table: 'order' } })).rejects.toMatchObject({ code: 'no-table' })
    await expect(
      rows.page({ ...ASKED, of: { query: 'DELETE FROM orders RETURNING *' } }, undefined, 1),
    ).rejects.toThrow()
    expect(await query(url, 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 8 }])
  })
})

it('reads rows of MariaDB digit by digit, and pages over equal times', async () => {
  await withMysql({ home }, async ({ url }) => {
    await runMysql(
      url,
      "SET sql_mode = ''",
      "SET time_zone = '+01:00'",
      'CREATE TABLE orders (id bigint unsigned PRIMARY KEY, at timestamp(6) NOT NULL, amount decimal(30,10), doc json, raw varbinary(9), note text, wall datetime, zero date, b bit(9))',
      `INSERT INTO orders VALUES (18446744073709551615, '2026-01-31 09:00:00.123456', 12345678901234567890.0123456789, '{"a":[1,2.50]}', x'00ff', 'é', '2026-01-31 08:00', '0000-00-00', b'100000001')`,
      "INSERT INTO orders (id, at, wall) SELECT seq, '2026-01-31 11:00', '0000-00-00' FROM seq_1_to_5",
    )
    await using rows = await open(url)
    expect(await rows.look(ASKED)).toMatchObject({ count: 6n, withoutKey: 0n })
    const { columns, rows: [first, second] = [] } = await rows.page(ASKED, undefined, 2)
    expect(columns.map(({ kind }) => kind)).toEqual([
      'integer',
      'instant',
      'decimal',
      'json',
      'bytes',
      'text',
      'wall',
      'date',
      'integer',
    ])
    expect(first?.values).toEqual([
      '18446744073709551615',
      '2026-01-31T08:00:00.123456Z',
      '12345678901234567890.0123456789',
      '{"a":[1,2.50]}',
      Buffer.from([0, 255]),
      'é',
      '2026-01-31T08:00:00',
      '0000-00-00',
      '257',
    ])
    expect(second?.values.slice(5, 8)).toEqual([null, '0000-00-00 00:00:00', null])
    expect(await keysOf(rows, ASKED)).toEqual(['18446744073709551615', '1', '2', '3', '4', '5'])
    await runMysql(url, 'ALTER TABLE orders DROP PRIMARY KEY')
    await using anew = await open(url)
    await expect(anew.look(ASKED)).rejects.toMatchObject({ exitCode: 2, code: 'no-unique-key' })
    await expect(anew.look({ ...ASKED, of: { table: 'order' } })).rejects.toMatchObject({ code: 'no-table' })
  })
})

/** Half hours of two nights, as clocks in Berlin show them: one comes twice, and one never was. */
const NIGHTS = ['2026-03-29', '2026-10-25'].flatMap(day =>
  ['01:30', '02:00', '02:30', '03:00', '03:30'].map(clock => `${day} ${clock}`),
)

const BERLIN = { ...ASKED, of: { table: 'nights' }, zone: 'Europe/Berlin' }

/** The rows of each hour of both nights, by the instant that begins it. */
async function byHour(rows: RowSource): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  for (const day of ['2026-03-29', '2026-10-25'])
    for (let hour = Date.parse(`${day}T00:00Z`) - 3_600_000; hour < Date.parse(`${day}T03:00Z`); hour += 3_600_000) {
      const window = { from: new Date(hour).toISOString(), to: new Date(hour + 3_600_000).toISOString() }
      const page = await rows.page({ ...BERLIN, ...window }, undefined, 99)
      const walls = page.rows.map(({ place, at }) => `${place.key} ${new Date(at).toISOString().slice(11, 16)}`)
      found[window.from.slice(5, 16)] = walls
    }
  return found
}

const EXPECTED = {
  '03-28T23:00': [],
  '03-29T00:00': ['0 00:30'],
  '03-29T01:00': ['1 01:00', '2 01:00', '3 01:00', '4 01:30'],
  '03-29T02:00': [],
  '10-24T23:00': ['5 23:30'],
  '10-25T00:00': ['6 00:00', '7 00:30'],
  '10-25T01:00': [],
  '10-25T02:00': ['8 02:00', '9 02:30'],
}

it('puts each time without a zone into one hour of a night in which clocks change; passes rows of 20 MB', async () => {
  await withPostgres({ home, config: { fsync: 'off' } }, async ({ url }) => {
    const values = NIGHTS.map((wall, id) => `(${id}, '${wall}')`).join(', ')
    await query(url, 'CREATE TABLE nights (id int PRIMARY KEY, at timestamp)')
    await query(url, `INSERT INTO nights VALUES ${values}`)
    await using rows = await open(url)
    expect(await byHour(rows)).toEqual(EXPECTED)
    await query(url, 'CREATE TABLE orders (id int PRIMARY KEY, at date, large text)')
    await query(url, "INSERT INTO orders VALUES (1, '2026-01-31', repeat('x', 20000000)), (2, '2026-02-01', 'small')")
    await using large = await open(url)
    const inShanghai = { ...ASKED, zone: 'Asia/Shanghai', from: '2026-01-30T16:00:00.000Z' }
    const page = await large.page({ ...inShanghai, to: '2026-01-31T16:00:00.000Z' }, undefined, 9)
    expect(page.rows.map(({ at, values: [id, , text] }) => [id, text?.length, at])).toEqual([
      ['1', 20_000_000, Date.parse('2026-01-30T16:00Z')],
    ])
  })
})

it('does so with MariaDB too, and alters no text on its way', async () => {
  await withMysql({ home, config: { max_allowed_packet: '64M' } }, async ({ url }) => {
    const values = NIGHTS.map((wall, id) => `(${id}, '${wall}')`).join(', ')
    await runMysql(
      url,
      'CREATE TABLE nights (id int PRIMARY KEY, at datetime)',
      `INSERT INTO nights VALUES ${values}`,
      'CREATE TABLE orders (id int PRIMARY KEY, at datetime, latin varchar(9) CHARACTER SET latin1, raw varchar(9) CHARACTER SET binary, large longtext)',
      "INSERT INTO orders VALUES (1, '2026-01-31 08:00', x'e9', x'e928', repeat('x', 20000000))",
    )
    await using rows = await open(url)
    expect(await byHour(rows)).toEqual(EXPECTED)
    await using others = await open(url)
    const { columns, rows: found } = await others.page(ASKED, undefined, 9)
    expect(columns.map(({ kind }) => kind)).toEqual(['integer', 'wall', 'text', 'bytes', 'text'])
    const [, , latin, raw, large] = found[0]?.values ?? []
    expect([latin, raw, large?.length]).toEqual(['é', Buffer.from([0xe9, 0x28]), 20_000_000])
  })
})
