import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseDatabase } from '../../src/core/address/database.js'
import type { RowsAsked } from '../../src/core/rows-asked.js'
import { openRows } from '../../src/databases/open.js'
import { runMysql } from '../../src/lab/mysql/client.js'
import type { RowSource } from '../../src/replay/rows/ports.js'
import { withMysql } from './mysql-lab.js'
import { query, withPostgres } from './postgres-lab.js'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rows-faults-'))
})
afterAll(async () => rm(home, { recursive: true }))

const ASKED: RowsAsked = {
  of: { table: 'orders' },
  key: 'id',
  time: 'at',
  from: '2026-01-31T00:00:00.000Z',
  to: '2026-02-01T00:00:00.000Z',
}

const open = (url: string, login: { readonly username: string; readonly password: string }): Promise<RowSource> => {
  const place = parseDatabase(url)
  if (place === undefined) throw new TypeError('no address')
  return openRows({ address: place.address, credentials: login })
}

const READER = { username: 'reader', password: 'reads' }
const keys = async (rows: RowSource) => (await rows.page(ASKED, undefined, 9)).rows.map(({ place }) => place.key)

it('goes on with PostgreSQL after it was killed, and says which right was taken away', async () => {
  await withPostgres({ home, config: { fsync: 'off' } }, async lab => {
    await query(lab.url, 'CREATE TABLE orders (id int PRIMARY KEY, at timestamptz)')
    await query(lab.url, "INSERT INTO orders SELECT n, '2026-01-31 08:00Z' FROM generate_series(1, 2) n")
    await query(lab.url, "CREATE ROLE reader LOGIN PASSWORD 'reads'")
    await query(lab.url, 'GRANT SELECT ON orders TO reader')
    await using rows = await open(lab.url, READER)
    expect(await keys(rows)).toEqual(['1', '2'])
    await lab.kill()
    await expect(keys(rows)).rejects.toMatchObject({ exitCode: 1, retry: true })
    await expect(rows.look(ASKED)).rejects.toMatchObject({ exitCode: 2, code: 'unreachable' })
    await lab.restart()
    expect(await keys(rows)).toEqual(['1', '2'])
    await query(lab.url, 'REVOKE SELECT ON orders FROM reader')
    await expect(keys(rows)).rejects.toMatchObject({ exitCode: 1, retry: false, code: 'permission' })
    await expect(rows.look(ASKED)).rejects.toMatchObject({ exitCode: 2, code: 'permission' })
  })
})

it('goes on with MariaDB after it was killed, and says which right was taken away', async () => {
  await withMysql({ home }, async lab => {
    await runMysql(
      lab.url,
      'CREATE TABLE orders (id int PRIMARY KEY, at datetime)',
      "INSERT INTO orders SELECT seq, '2026-01-31 08:00' FROM seq_1_to_2",
      "CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'reads'",
      "GRANT SELECT ON lab.* TO reader@'127.0.0.1'",
    )
    await using rows = await open(lab.url, READER)
    expect(await keys(rows)).toEqual(['1', '2'])
    await lab.kill()
    await expect(keys(rows)).rejects.toMatchObject({ exitCode: 1, retry: true })
    await lab.restart()
    expect(await keys(rows)).toEqual(['1', '2'])
    await runMysql(
      lab.url,
      "REVOKE SELECT ON lab.* FROM reader@'127.0.0.1'",
      "GRANT CREATE ON lab.* TO reader@'127.0.0.1'",
    )
    await rows[Symbol.asyncDispose]()
    await expect(keys(rows)).rejects.toMatchObject({ exitCode: 1, retry: false, code: 'permission' })
  })
})
