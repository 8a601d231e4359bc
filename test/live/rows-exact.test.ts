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
