import { runMysql } from '../../../src/lab/mysql/client.js'
import { runSql } from '../../../src/lab/postgres/client.js'
import { paired } from '../options.js'

/** A table to send, and how: `only` of its rows come in the answer to a query. */
export type Shape = {
  readonly kind: 'postgres' | 'mysql'
  /** Rows that have a time in common: more than a page has, or few. */
  readonly alike: number
  readonly query?: string
  readonly only?: (row: Row) => boolean
}

/** The sources of the chaos test. */
export const SOURCES = {
  postgres: { kind: 'postgres', alike: 3000 },
  query: {
    kind: 'postgres',
    alike: 7,
    query: 'SELECT note, at, id FROM %T WHERE id % 3 <> 0',
    only: ({ id }) => id % 3 !== 0,
  },
  mysql: { kind: 'mysql', alike: 3000 },
} as const satisfies Readonly<Record<string, Shape>>
export type SourceName = keyof typeof SOURCES

/** How rows are sent: exactly once for committed readers, with the position in the journal, or into a queue. */
export const MODES = { exact: [], idempotent: ['--no-transaction'], queue: [] } as const
export type ModeName = keyof typeof MODES

/** How to send, and what. */
export type Replaying = { readonly mode: ModeName; readonly source: SourceName }

/** Every mode with every source, or those that a word names: `exact`, `mysql`, `exact/mysql`. */
export const replays = (words: readonly string[]): readonly Replaying[] =>
  paired({ modes: MODES, sources: SOURCES }, words)

/** One row as it was inserted; its message key is its id. */
export type Row = { readonly id: number; readonly second: number; readonly note: string }

const BEGIN = Date.parse('2026-01-31T08:00:00Z')
/** Ids are in another order than times: a primitive root of a prime, so that no two are the same. */
const [ROOT, PRIME] = [48_271, 2_147_483_647]

/** The rows that are to be sent, in the order of time and id. Says without any of our code what SQL inserts. Pure. */
export function expectedRows(source: SourceName, records: number): readonly Row[] {
  const { alike, only }: Shape = SOURCES[source]
  return Array.from({ length: records }, (_, n) => ({
    id: (n * ROOT) % PRIME,
    second: Math.floor(n / alike),
    note: `row ${n} of "${source}"`,
  }))
    .filter(row => only?.(row) ?? true)
    .sort((a, b) => a.second - b.second || a.id - b.id)
}

/** The flags that say which rows. */
export function flagsOf(source: SourceName, records: number): string[] {
  const { alike, query }: Shape = SOURCES[source]
  const end = new Date(BEGIN + Math.ceil(records / alike) * 1000).toISOString()
  const of = query === undefined ? ['--table', tableOf(source)] : ['--query', query.replace('%T', tableOf(source))]
  return [...of, '--key', 'id', '--time', 'at', '--from', new Date(BEGIN).toISOString(), '--to-time', end]
}

const tableOf = (source: SourceName): string => `chaos_${source}`

/** Makes the table of a source, with rows before and behind its window too. */
export async function fillTable(source: SourceName, url: string, records: number): Promise<void> {
  const { kind, alike }: Shape = SOURCES[source]
  const table = tableOf(source)
  const outside = `(-1, '2026-01-31 07:59:59', 'before'), (-2, '2026-02-28 00:00:00', 'after')`
  const id = `(n * ${ROOT}) % ${PRIME}`
  if (kind === 'mysql') {
    const at = `'2026-01-31 08:00:00' + INTERVAL (n DIV ${alike}) SECOND`
    const note = `concat('row ', n, ' of "${source}"')`
    await runMysql(
      url,
      `CREATE TABLE ${table} (id bigint PRIMARY KEY, at datetime NOT NULL, note text, KEY by_time (at, id))`,
      `INSERT INTO ${table} SELECT ${id}, ${at}, ${note} FROM (SELECT seq AS n FROM seq_0_to_${records - 1}) numbers`,
      `INSERT INTO ${table} VALUES ${outside}`,
    )
    return
  }
  const at = `timestamptz '2026-01-31 08:00:00Z' + (n / ${alike}) * interval '1 s'`
  const note = `'row ' || n || ' of "${source}"'`
  await runSql(url, `CREATE TABLE ${table} (id bigint PRIMARY KEY, at timestamptz NOT NULL, note text)`)
  await runSql(url, `CREATE INDEX ON ${table} (at, id)`)
  await runSql(
    url,
    `INSERT INTO ${table} SELECT ${id}, ${at}, ${note} FROM generate_series(0::bigint, ${records - 1}) n`,
  )
  await runSql(url, `INSERT INTO ${table} VALUES ${outside}`)
}
