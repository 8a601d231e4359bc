import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseDatabase } from '../../src/core/address/database.js'
import { openIds } from '../../src/databases/open-ids.js'
import { startDatabase } from '../../src/lab/database/start.js'
import { runMysql } from '../../src/lab/mysql/client.js'
import { MYSQL } from '../../src/lab/mysql/mysql.js'
import { spillway } from './kafka-lab.js'
import { ownPostgres, query } from './postgres-lab.js'

const ROWS = 2000
const HOUR_MS = 3_600_000
const BEGIN = Date.parse('2026-01-31T00:00:00Z')
const lost = Array.from({ length: ROWS }, (_, at) => at + 1).filter(id => id % 10 === 7)

let home: string
let postgres: string
let maria: Awaited<ReturnType<typeof startDatabase>>
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'reconcile-databases-'))
  const databases = [
    ownPostgres({ config: { fsync: 'off' } }),
    startDatabase(MYSQL, { source: 'machine', name: `own-${process.pid}-ids` }),
  ] as const
  maria = await databases[1]
  postgres = (await databases[0]).url
  await query(postgres, 'CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz, note text)')
  await query(
    postgres,
    `INSERT INTO orders SELECT n, timestamptz '2026-01-31 00:00Z' + n * interval '36 s' FROM generate_series(1, ${ROWS}) n`,
  )
  await query(postgres, 'CREATE TABLE processed (order_id bigint, at timestamptz)')
  await query(postgres, `INSERT INTO processed SELECT id, at FROM orders WHERE id % 10 <> 7`)
  await runMysql(
    maria.url,
    'CREATE TABLE handled (order_id bigint unsigned PRIMARY KEY, at datetime(3) NOT NULL)',
    `INSERT INTO handled SELECT seq, '2026-01-31 00:00:00' + INTERVAL seq * 36 SECOND FROM seq_1_to_${ROWS} WHERE seq % 10 <> 7`,
  )
})
afterAll(async () => {
  await maria?.stop()
  await rm(home, { recursive: true })
})

const reconcile = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await spillway(['reconcile', ...args, '--output', 'json'], { home })
  return { code, stderr, found: code === 0 || code === 3 ? JSON.parse(stdout) : undefined }
}
const ORDERS = ['--table', 'orders', '--key', 'id', '--time', 'at']
const DAY = ['--from', '2026-01-31', '--to-time', '2026-02-01']

it('finds exactly the rows that a processed table never had, in the same database and in another', async () => {
  for (const seen of [`${postgres}?table=processed&id=order_id`, `${maria.url}?table=handled&id=order_id&time=at`]) {
    const { code, stderr, found } = await reconcile('--expected', postgres, ...ORDERS, ...DAY, '--seen', seen)
    expect(code, stderr).toBe(3)
    expect(found).toMatchObject({
      expected: ROWS,
      seen: ROWS - lost.length,
      missing: lost.length,
      extra: 0,
      duplicates: 0,
    })
    expect(found.missingIds).toEqual(lost.map(String))
    expect(await readFile(found.missingFile, 'utf8')).toBe(`${lost.join('\n')}\n`)
    expect(found.hours).toHaveLength(21)
    expect(stderr).not.toContain(new URL(postgres).password)
  }
})

it('takes a range, a query and several sides that were seen, and then finds nothing missing', async () => {
  await writeFile(join(home, 'late.txt'), `${lost.join('\n')}\n`)
  const seen = ['--seen', `${maria.url}?table=handled&id=order_id`, '--seen', `file:${join(home, 'late.txt')}`]
  const all = await reconcile('--expected', postgres, '--table', 'orders', '--key', 'id', ...seen)
  expect(all, all.stderr).toMatchObject({ code: 0, found: { expected: ROWS, missing: 0, extra: 0 } })
  const hour = ['--from', '2026-01-31T08:00', '--to-time', '2026-01-31T09:00', '--tz', 'Europe/Berlin']
  const text = 'SELECT id, at FROM orders WHERE note IS NULL'
  const some = await reconcile('--expected', postgres, '--query', text, '--key', 'id', '--time', 'at', ...hour, ...seen)
  expect(some, some.stderr).toMatchObject({ code: 0, found: { expected: 100, missing: 0, extra: ROWS - 100 } })
  const turned = ['--expected', maria.url, '--table', 'handled', '--key', 'order_id', '--time', 'at', ...hour]
  const other = await reconcile(...turned, '--seen', `${postgres}?table=orders&id=id`)
  expect(other, other.stderr).toMatchObject({ code: 0, found: { expected: 90, missing: 0 } })
  expect(other.found.hours).toEqual([{ hour: '2026-01-31T07:00:00.000Z', expected: 90, missing: 0, duplicates: 0 }])
})

it('writes ids as a replay writes keys, tells rows without an id, and refuses what is no column', async () => {
  await query(postgres, `CREATE TABLE odd (id text, big numeric, raw bytea, uid uuid, at timestamp)`)
  await query(
    postgres,
    `INSERT INTO odd VALUES ('é', 18446744073709551616, '\\x00ff', '6f0f3c5b-8d1e-4b7a-9c2d-51e07a4be3d6', '2026-01-31 08:00'), ('é', 9007199254740993, NULL, NULL, NULL), (NULL, 1, NULL, NULL, 'infinity')`,
  )
  await runMysql(
    maria.url,
    'CREATE TABLE odd (id bigint unsigned PRIMARY KEY, raw varbinary(9), uid uuid, at datetime NULL)',
    "INSERT INTO odd VALUES (18446744073709551615, x'00ff', '6f0f3c5b-8d1e-4b7a-9c2d-51e07a4be3d6', '2026-01-31 08:00'), (9007199254740993, NULL, NULL, NULL)",
  )
  await writeFile(join(home, 'none.txt'), '')
  const none = ['--seen', `file:${join(home, 'none.txt')}`]
  const of = async (url: string, key: string) =>
    (await reconcile('--expected', url, '--table', 'odd', '--key', key, ...none)).found
  expect(await of(postgres, 'id')).toMatchObject({ missingIds: ['é'], expectedAgain: 1, withoutId: { expected: 1 } })
  expect((await of(postgres, 'big')).missingIds.sort()).toEqual(['1', '18446744073709551616', '9007199254740993'])
  expect((await of(postgres, 'raw')).missingIds).toEqual(['\\x00ff'])
  expect((await of(postgres, 'uid')).missingIds).toEqual(['6f0f3c5b-8d1e-4b7a-9c2d-51e07a4be3d6'])
  expect((await of(maria.url, 'id')).missingIds.sort()).toEqual(['18446744073709551615', '9007199254740993'])
  expect((await of(maria.url, 'raw')).missingIds).toEqual(['00ff'])
  expect((await of(maria.url, 'uid')).missingIds).toEqual(['6f0f3c5b-8d1e-4b7a-9c2d-51e07a4be3d6'])
  const odd = ['--table', 'odd', '--key', 'big', '--time', 'at', ...DAY]
  const timeless = await reconcile('--expected', postgres, ...odd, ...none)
  expect(timeless, timeless.stderr).toMatchObject({ code: 3, found: { expected: 1, withoutTime: 1 } })
  for (const [args, words] of [
    [['--table', 'order', '--key', 'id'], 'order'],
    [['--table', 'orders', '--key', 'ident'], 'no column ident'],
    [['--table', 'orders', '--key', 'id', '--time', 'note', ...DAY], 'holds no time'],
    [['--query', 'DELETE FROM orders RETURNING id', '--key', 'id'], ''],
    [['--table', 'orders'], '--key'],
  ] as const) {
    const { code, stderr } = await reconcile('--expected', postgres, ...args, ...none)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) })
  }
  expect(await query(postgres, 'SELECT count(*)::int AS n FROM orders')).toEqual([{ n: ROWS }])
})

it('gives the same sums by the hour in both databases, and reads a snapshot', async () => {
  const open = (url: string, table: string, key: string) => {
    const place = parseDatabase(url)
    if (place?.credentials === undefined) throw new TypeError('no database')
    return openIds(
      { address: place.address, credentials: place.credentials },
      { of: { table }, key, time: 'at', zone: 'UTC' },
    )
  }
  const { signal } = new AbortController()
  await query(postgres, 'CREATE TABLE again AS SELECT id, at FROM orders WHERE id % 10 <> 7')
  await query(postgres, 'ALTER TABLE again ADD PRIMARY KEY (id)')
  await using one = await open(postgres, 'again', 'id')
  await using other = await open(maria.url, 'handled', 'order_id')
  const range = { from: BEGIN, to: BEGIN + 24 * HOUR_MS }
  const sums = await Promise.all([one, other].map(each => each.slices?.(range, HOUR_MS, signal)))
  const sorted = sums.map(slices => [...(slices ?? [])].sort((a, b) => a.from - b.from))
  expect(sorted[0]).toHaveLength(21)
  expect(sorted[0]).toEqual(sorted[1])
  await query(postgres, `INSERT INTO again VALUES (0, '2026-01-31 08:00Z')`)
  await runMysql(maria.url, "INSERT INTO handled VALUES (0, '2026-01-31 08:00')")
  for (const each of [one, other]) {
    const ids: (string | null)[] = []
    for await (const batch of each.batches({}, signal)) ids.push(...batch.ids)
    expect(ids.sort()).toEqual(
      Array.from({ length: ROWS }, (_, at) => at + 1)
        .filter(id => id % 10 !== 7)
        .map(String)
        .sort(),
    )
  }
  await query(
    postgres,
    `CREATE TABLE many AS SELECT n::bigint AS order_id, timestamptz '2026-01-31 00:00Z' AS at FROM generate_series(1, 25000) n`,
  )
  await runMysql(maria.url, 'CREATE TABLE many (order_id bigint, at datetime(3))')
  await runMysql(maria.url, "INSERT INTO many SELECT seq, '2026-01-31' FROM seq_1_to_24999")
  const pieces = await reconcile(
    '--expected',
    postgres,
    '--table',
    'many',
    '--key',
    'order_id',
    '--seen',
    `${maria.url}?table=many&id=order_id`,
  )
  expect(pieces, pieces.stderr).toMatchObject({
    code: 3,
    found: { expected: 25_000, seen: 24_999, missingIds: ['25000'] },
  })
  for (const url of [postgres, maria.url]) {
    const stop = new AbortController()
    await using cut = await open(url, 'many', 'order_id')
    const reading = async () => {
      for await (const _ of cut.batches({}, stop.signal)) stop.abort(new Error('stopped'))
    }
    await expect(reading()).rejects.toThrow('stopped')
  }
})
