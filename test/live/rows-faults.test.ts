import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DatabaseLab } from '../../src/lab/database/options.js'
import { readDatabase } from '../../src/lab/database/state.js'
import { runMysql } from '../../src/lab/mysql/client.js'
import { POSTGRES } from '../../src/lab/postgres/postgres.js'
import { makeCertificates } from '../../src/lab/tls.js'
import { rowLane } from '../../src/replay/rows/lane.js'
import { START } from '../../src/replay/rows/mark.js'
import type { RowSource } from '../../src/replay/rows/ports.js'
import { Tail } from '../../src/replay/rows/tail.js'
import { memoryTail } from '../unit/replay/rows/memory-tail.js'
import { withMysql } from './mysql-lab.js'
import { ownPostgres, query } from './postgres-lab.js'
import { withReplica } from './postgres-replica.js'
import { ASKED, connected, keys, open, READER } from './rows-harness.js'
import { openMariaTransaction, securedMaria } from './rows-maria.js'

let home: string
let postgres: DatabaseLab
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rows-faults-'))
  postgres = await ownPostgres({ home, config: { fsync: 'off', max_prepared_transactions: '2' } })
  const { url } = postgres
  await query(url, 'CREATE TABLE orders (id int PRIMARY KEY, at timestamptz, note text)')
  await query(url, "INSERT INTO orders SELECT n, '2026-01-31 08:00Z' FROM generate_series(1, 2) n")
  await query(url, "CREATE ROLE reader LOGIN PASSWORD 'reads'")
  await query(url, 'GRANT SELECT ON orders TO reader')
})
afterAll(async () => rm(home, { recursive: true, force: true }))

it('goes on with PostgreSQL after it was killed, and says which right was taken away', async () => {
  await using rows = await open(postgres.url, { credentials: READER })
  expect(await keys(rows)).toEqual(['1', '2'])
  await postgres.kill()
  await expect(keys(rows)).rejects.toMatchObject({ exitCode: 1, retry: true })
  await expect(rows.look(ASKED)).rejects.toMatchObject({ exitCode: 2, code: 'unreachable' })
  await postgres.restart()
  expect(await keys(rows)).toEqual(['1', '2'])
  await query(postgres.url, 'REVOKE SELECT ON orders FROM reader')
  await expect(keys(rows)).rejects.toMatchObject({ exitCode: 1, retry: false, code: 'permission' })
  await expect(rows.look(ASKED)).rejects.toMatchObject({ exitCode: 2, code: 'permission' })
  await query(postgres.url, 'GRANT SELECT ON orders TO reader')
})

it('tries again where a statement takes too long or no connection is left, and reads rows as they are then', async () => {
  await using slow = await open(postgres.url, { statementMs: 300 })
  const asked = { ...ASKED, of: { query: 'SELECT o.*, pg_sleep(5)::text AS pause FROM orders o' } }
  await expect(slow.page(asked, undefined, 9)).rejects.toMatchObject({ code: 'statement-timeout', retry: true })
  expect(await keys(slow)).toEqual(['1', '2'])
  const readers = () => query(postgres.url, "SELECT 1 FROM pg_stat_activity WHERE usename = 'reader'")
  await expect.poll(readers, { timeout: 20_000 }).toEqual([])
  await query(postgres.url, 'ALTER ROLE reader CONNECTION LIMIT 1')
  await using rows = await open(postgres.url, { credentials: READER })
  await connected(postgres.url.replace(/\/\/.*@/, '//reader:reads@'), async () => {
    const exhausted = { exitCode: 1, retry: true, hint: expect.stringContaining('limit') }
    await expect(keys(rows)).rejects.toMatchObject(exhausted)
    await expect(rows.look(ASKED)).rejects.toMatchObject({ exitCode: 2, code: 'unreachable' })
  })
  await expect.poll(() => keys(rows).catch(() => []), { timeout: 20_000 }).toEqual(['1', '2'])
  const twice = { ...ASKED, of: { query: 'SELECT a.id, b.id, a.at FROM orders a JOIN orders b USING (at)' } }
  await expect(rows.look(twice)).rejects.toMatchObject({ exitCode: 2, code: 'same-name' })
  expect(await rows.look(ASKED)).toMatchObject({ indexed: false, server: { replica: false } })
  const first = (await rows.page(ASKED, undefined, 1)).rows[0]?.place
  await query(postgres.url, 'DELETE FROM orders WHERE id = 2')
  await query(postgres.url, "INSERT INTO orders VALUES (3, '2026-01-31 09:00Z', 'later')")
  const { rows: rest } = await rows.page(ASKED, first, 9)
  expect(rest.map(({ values }) => values)).toEqual([['3', '2026-01-31T09:00:00Z', 'later']])
  await query(postgres.url, 'CREATE INDEX ON orders (at, id)')
  expect(await rows.look(ASKED)).toMatchObject({ indexed: true })
  await query(postgres.url, "UPDATE orders SET id = 2, at = '2026-01-31 08:00Z', note = NULL WHERE id = 3")
})

it('knows of transactions that began before the end of the window, and finds what they commit late', async () => {
  await using rows = await open(postgres.url)
  await using reader = await open(postgres.url, { credentials: READER })
  const before = Date.now() - 3_600_000
  await connected(postgres.url, async client => {
    await client.query('BEGIN')
    expect(await rows.unsettled?.({ end: Date.now() + 1000, graceMs: 0 })).toBeUndefined()
    await client.query("INSERT INTO orders VALUES (9, '2026-01-31 23:59Z')")
    const end = Date.now() + 60_000
    const said = /^1 transaction that began before .* is still open; the oldest is of pid \d+, open since 20/
    expect(await rows.unsettled?.({ end, graceMs: 0 })).toMatch(said)
    expect(await rows.unsettled?.({ end: before, graceMs: 0 })).toBeUndefined()
    // Who may not see when it began takes it for one from before.
    expect(await reader.unsettled?.({ end: before, graceMs: 0 })).toMatch(/^1 transaction .* pid \d+$/)
    const late: string[] = []
    const tail = { of: new Tail(memoryTail()), from: Date.parse('2026-01-31T23:45Z') }
    const source: RowSource = {
      look: asked => rows.look(asked),
      async page(asked, after, limit) {
        if (asked.from !== ASKED.from) await client.query('COMMIT')
        return rows.page(asked, after, limit)
      },
      [Symbol.asyncDispose]: async () => undefined,
    }
    const lane = rowLane({ source, asked: ASKED, clock: () => 0, tail })
    for await (const { items } of lane.read(START, new AbortController().signal))
      late.push(...items.map(({ message }) => String(message.key)))
    expect(late).toEqual(['1', '2', '9'])
    expect(await reader.unsettled?.({ end: before, graceMs: 0 })).toBeUndefined()
  })
  await query(postgres.url, 'DELETE FROM orders WHERE id = 9')
  await connected(postgres.url, async client => {
    await client.query('BEGIN')
    await client.query("INSERT INTO orders VALUES (8, '2026-01-31 23:59Z')")
    await client.query("PREPARE TRANSACTION 'forgotten'")
    expect(await rows.unsettled?.({ end: Date.now() + 60_000, graceMs: 0 })).toContain('pid forgotten')
    await client.query("ROLLBACK PREPARED 'forgotten'")
  })
  expect(await rows.unsettled?.({ end: Date.now() + 60_000, graceMs: 0 })).toBeUndefined()
})

it('prefers a replica, and waits until that has come past the window', async () => {
  await withReplica(postgres, async url => {
    const both = postgres.url.replace(/@([^/]+)\//, (_, primary) => `@${primary},${new URL(url).host}/`)
    await using rows = await open(both)
    expect(await rows.look(ASKED)).toMatchObject({
      server: { host: new URL(url).host, replica: true },
      lagMs: expect.any(Number),
    })
    await using primary = await open(`${both}?target_session_attrs=primary`)
    expect(await primary.look(ASKED)).toMatchObject({ server: { host: new URL(postgres.url).host, replica: false } })
    await expect.poll(() => rows.unsettled?.({ end: Date.now(), graceMs: 0 }), { timeout: 20_000 }).toBeUndefined()
    await query(url, 'SELECT pg_wal_replay_pause()')
    const end = Date.now()
    await query(postgres.url, "UPDATE orders SET note = 'written after the window' WHERE id = 1")
    await expect.poll(() => rows.unsettled?.({ end, graceMs: 0 }), { timeout: 20_000 }).toContain('behind')
    await query(url, 'SELECT pg_wal_replay_resume()')
    await expect.poll(() => rows.unsettled?.({ end, graceMs: 0 }), { timeout: 20_000 }).toBeUndefined()
    await connected(postgres.url, async client => {
      await client.query('BEGIN')
      await client.query("UPDATE orders SET note = 'not yet' WHERE id = 1")
      // A replica learns of it by what is committed after it.
      await query(postgres.url, "UPDATE orders SET note = 'meanwhile' WHERE id = 2")
      const ofNewcomer = async () => {
        await using newcomer = await open(url)
        return await newcomer.unsettled?.({ end: 0, graceMs: 0 })
      }
      await expect.poll(ofNewcomer, { timeout: 30_000 }).toMatch(/on the primary/)
      await using waiting = await open(url)
      expect(await waiting.unsettled?.({ end: 0, graceMs: 0 })).toMatch(/on the primary/)
      await client.query('COMMIT')
      await expect.poll(() => waiting.unsettled?.({ end: 0, graceMs: 0 }), { timeout: 20_000 }).toBeUndefined()
    })
  })
})

it('checks the certificate of PostgreSQL as libpq does', async () => {
  await makeCertificates(join(home, 'tls'))
  await makeCertificates(join(home, 'others'))
  const account = (await readDatabase(POSTGRES, home, postgres.name))?.account
  const [key, ca] = [join(home, 'tls', 'broker.key'), join(home, 'tls', 'ca.pem')]
  await chmod(home, 0o755)
  await chmod(key, 0o600)
  if (account !== undefined) await chown(key, account.uid, account.gid)
  await query(postgres.url, `ALTER SYSTEM SET ssl_key_file = '${key}'`)
  await query(postgres.url, `ALTER SYSTEM SET ssl_cert_file = '${join(home, 'tls', 'broker.crt')}'`)
  await using plain = await open(`${postgres.url}?sslmode=require`)
  await expect(plain.look(ASKED)).rejects.toMatchObject({ exitCode: 2, code: 'unreachable' })
  await query(postgres.url, 'ALTER SYSTEM SET ssl = on')
  await query(postgres.url, 'SELECT pg_reload_conf()')
  const secured = {
    ...ASKED,
    of: { query: 'SELECT o.*, (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS tls FROM orders o' },
  }
  const isSecured = async (options: string) => {
    await using rows = await open(`${postgres.url}${options}`)
    const { columns, rows: some } = await rows.page(secured, undefined, 1)
    return some[0]?.values[columns.findIndex(({ name }) => name === 'tls')]
  }
  await expect.poll(() => isSecured('').catch(() => ''), { timeout: 20_000 }).toBe('true')
  expect(await isSecured('?sslmode=disable')).toBe('false')
  for (const mode of ['require', 'verify-ca', 'verify-full'])
    expect(await isSecured(`?sslmode=${mode}&sslrootcert=${encodeURIComponent(ca)}`)).toBe('true')
  const wrong = `&sslrootcert=${encodeURIComponent(join(home, 'others', 'ca.pem'))}`
  for (const mode of ['require', 'verify-ca']) await expect(isSecured(`?sslmode=${mode}${wrong}`)).rejects.toThrow()
  await expect(isSecured('?sslmode=verify-full&sslrootcert=/nowhere.pem')).rejects.toMatchObject({ code: 'tls' })
})

it('does the same with MariaDB', async () => {
  await makeCertificates(join(home, 'maria'))
  await chmod(home, 0o755)
  await chmod(join(home, 'maria', 'broker.key'), 0o644)
  const [cert, key] = ['broker.crt', 'broker.key'].map(name => join(home, 'maria', name))
  await withMysql({ home, config: { ssl_cert: cert ?? '', ssl_key: key ?? '' } }, async lab => {
    await runMysql(
      lab.url,
      'CREATE TABLE orders (id int PRIMARY KEY, at datetime)',
      "INSERT INTO orders SELECT seq, '2026-01-31 08:00' FROM seq_1_to_2",
      "CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'reads'",
      "GRANT SELECT ON lab.* TO reader@'127.0.0.1'",
    )
    await using rows = await open(lab.url, { credentials: READER, statementMs: 300 })
    expect(await keys(rows)).toEqual(['1', '2'])
    expect(await rows.look(ASKED)).toMatchObject({ indexed: false, notes: [expect.stringContaining('PROCESS')] })
    expect(await rows.unsettled?.({ end: Date.now() + 60_000, graceMs: 0 })).toBeUndefined()
    const slow = { ...ASKED, of: { query: 'SELECT o.*, sleep(5) AS pause FROM orders o' } }
    await expect(rows.page(slow, undefined, 9)).rejects.toMatchObject({ code: 'statement-timeout', retry: true })
    const twice = { ...ASKED, of: { query: 'SELECT a.id, b.id, a.at FROM orders a JOIN orders b USING (at)' } }
    await expect(rows.look(twice)).rejects.toMatchObject({ exitCode: 2, code: 'same-name' })
    await lab.kill()
    await expect(keys(rows)).rejects.toMatchObject({ exitCode: 1, retry: true })
    await lab.restart()
    expect(await keys(rows)).toEqual(['1', '2'])
    await openMariaTransaction(lab.url)
    await securedMaria(lab.url, home)
    await rows[Symbol.asyncDispose]()
    await runMysql(lab.url, "ALTER USER reader@'127.0.0.1' WITH MAX_USER_CONNECTIONS 1")
    await using other = await open(lab.url, { credentials: READER })
    await expect.poll(() => keys(other).catch(() => []), { timeout: 20_000 }).toEqual(['1', '2'])
    await expect(keys(rows)).rejects.toMatchObject({ retry: true, hint: expect.stringContaining('limit') })
    await other[Symbol.asyncDispose]()
    await expect.poll(() => keys(rows).catch(() => []), { timeout: 20_000 }).toEqual(['1', '2'])
    await runMysql(
      lab.url,
      "REVOKE SELECT ON lab.* FROM reader@'127.0.0.1'",
      "GRANT CREATE ON lab.* TO reader@'127.0.0.1'",
    )
    await rows[Symbol.asyncDispose]()
    // The one connection that the user may have is free only once the server has noticed.
    const forbidden = { exitCode: 1, retry: false, code: 'permission' }
    await expect.poll(() => keys(rows).catch(error => error), { timeout: 20_000 }).toMatchObject(forbidden)
  })
})
