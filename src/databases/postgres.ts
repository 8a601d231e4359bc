import type { RowsAsked } from '../core/rows-asked.js'
import type { RowPage, RowPlace, RowSource, RowsLook, WindowEnd } from '../replay/rows/ports.js'
import { assertColumns } from './columns.js'
import { isTimeout } from './errors.js'
import { COUNT_MS, type DatabaseOptions } from './options.js'
import { OpenTransactions } from './postgres-open.js'
import { PostgresSession } from './postgres-session.js'
import { columnsOf, pageOf } from './postgres-values.js'
import { ColumnTimes } from './times.js'
import { assertUnique, columnAt } from './unique.js'

/** How the columns of time and key are compared: the names of their types, so that a text is taken as what the column holds. */
type Shape = { readonly time: string; readonly key: string; readonly times: ColumnTimes }

const AS_TIME =
  'Give a column of type timestamptz, timestamp or date; another one by --query, with to_timestamp(…) AS the --time column.'

/** The server's clock and encoding; of a replica how far it is behind, which is nothing where it has all that it was sent. */
const TOLD = `SELECT (extract(epoch from clock_timestamp()) * 1000)::bigint::text, current_setting('server_encoding'),
  CASE WHEN NOT pg_is_in_recovery() THEN NULL WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() THEN '0'
  ELSE (extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::bigint::text END`

/** Rows of PostgreSQL, every value in the server's own text. Throws what the client throws. */
export class PostgresRows implements RowSource {
  readonly #session: PostgresSession
  readonly #open: OpenTransactions
  #shape: Shape | undefined

  constructor(options: DatabaseOptions) {
    this.#session = new PostgresSession(options)
    this.#open = new OpenTransactions(this.#session)
  }

  async look(asked: RowsAsked): Promise<RowsLook> {
    this.#shape = undefined
    const columns = columnsOf((await this.#session.ask(`SELECT s.* FROM ${from(asked)} LIMIT 0`)).fields)
    assertColumns(columns, asked, AS_TIME)
    const table = 'table' in asked.of ? asked.of.table : undefined
    if (table !== undefined) assertUnique(table, asked, await this.#isUnique(table, asked))
    const indexed = table === undefined ? {} : { indexed: await this.#isIndexed(table, asked) }
    const counted = await this.#count(asked)
    return { columns, ...counted, ...indexed, server: await this.#session.server(), ...(await this.#told()) }
  }

  async page(asked: RowsAsked, after: RowPlace | undefined, limit: number): Promise<RowPage> {
    const { time, key } = { time: quoted(asked.time), key: quoted(asked.key) }
    const shape = this.#shape ?? (await this.#shapeOf(asked))
    const behind = after === undefined ? '' : ` AND (s.${time}, s.${key}) > ($3::${shape.time}, $4::${shape.key})`
    const text = `SELECT s.* FROM ${from(asked)} WHERE ${within(asked, shape)}${behind} ORDER BY s.${time}, s.${key} LIMIT ${limit}`
    const borders = shape.times.borders(asked)
    const values = [borders.from, borders.to, ...(after === undefined ? [] : [after.time, after.key])]
    return pageOf(await this.#session.ask(text, values), asked, shape.times)
  }

  unsettled(window: WindowEnd): Promise<string | undefined> {
    return this.#open.before(window)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#session[Symbol.asyncDispose]()
  }

  async #count(asked: RowsAsked): Promise<Pick<RowsLook, 'count' | 'withoutKey'>> {
    const shape = await this.#shapeOf(asked)
    const borders = shape.times.borders(asked)
    const text = `SELECT count(*), count(*) - count(s.${quoted(asked.key)}) FROM ${from(asked)} WHERE ${within(asked, shape)}`
    await this.#session.limit(COUNT_MS)
    try {
      const [row] = (await this.#session.ask(text, [borders.from, borders.to])).rows
      return { count: BigInt(row?.[0] ?? 0), withoutKey: BigInt(row?.[1] ?? 0) }
    } catch (error) {
      if (!isTimeout(error)) throw error
      return { count: undefined, withoutKey: 0n }
    } finally {
      await this.#session.limit()
    }
  }

  /** Of a partitioned table and of a view too: a view has no index, so its rows are taken by --query. */
  async #isUnique(table: string, { key, time }: RowsAsked): Promise<boolean> {
    const text = `SELECT 1 FROM pg_index i WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
      AND i.indexprs IS NULL AND NOT EXISTS (SELECT 1 FROM unnest(i.indkey[0:i.indnkeyatts - 1]) AS k(n)
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n WHERE a.attname NOT IN ($2, $3)) LIMIT 1`
    return (await this.#session.ask(text, [qualified(table), key, time])).rows.length > 0
  }

  /** A B-tree over all rows whose first column is the time. */
  async #isIndexed(table: string, { time }: RowsAsked): Promise<boolean> {
    const text = `SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
      WHERE i.indrelid = $1::regclass AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree' AND a.attname = $2 LIMIT 1`
    return (await this.#session.ask(text, [qualified(table), time])).rows.length > 0
  }

  async #told(): Promise<Pick<RowsLook, 'now' | 'notes' | 'lagMs'>> {
    const [now, encoding, lag = null] = (await this.#session.ask(TOLD)).rows[0] ?? []
    const notes = encoding === 'SQL_ASCII' ? ['The database knows no encoding: text that is not UTF-8 is altered'] : []
    return { now: Number(now), notes, ...(lag === null ? {} : { lagMs: Number(lag) }) }
  }

  async #shapeOf(asked: RowsAsked): Promise<Shape> {
    const { fields } = await this.#session.ask(`SELECT s.* FROM ${from(asked)} LIMIT 0`)
    const columns = columnsOf(fields)
    const idOf = (name: string) => String(fields[columnAt(columns, name)]?.dataTypeID ?? 0)
    const text = 'SELECT format_type($1::oid, NULL), format_type($2::oid, NULL)'
    const [row] = (await this.#session.ask(text, [idOf(asked.time), idOf(asked.key)])).rows
    const times = new ColumnTimes(asked, columns[columnAt(columns, asked.time)]?.kind ?? 'instant')
    this.#shape = { time: row?.[0] ?? 'text', key: row?.[1] ?? 'text', times }
    return this.#shape
  }
}

/** A name as SQL has it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** `SCHEMA.TABLE` as SQL has it. */
export const qualified = (table: string): string => table.split('.').map(quoted).join('.')

/** The table or the query, as `s`. */
export const from = ({ of }: Pick<RowsAsked, 'of'>): string =>
  'table' in of ? `${qualified(of.table)} AS s` : `(${of.query.replace(/[\s;]+$/, '')}\n) AS s`

/** Compared as what the column holds: a day as the midnight that begins it. */
const within = ({ time }: RowsAsked, shape: Shape): string => {
  const type = shape.time === 'date' ? 'timestamp' : shape.time
  return `s.${quoted(time)} >= $1::${type} AND s.${quoted(time)} < $2::${type}`
}
