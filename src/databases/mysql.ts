import { type Connection, createConnection } from 'mysql2/promise'
import { formatDatabase } from '../core/address/database.js'
import type { RowsAsked } from '../core/rows-asked.js'
import { UserError } from '../errors.js'
import type { Column, ColumnKind, Row, RowPage, RowPlace, RowSource, RowsLook } from '../replay/rows/ports.js'
import { beforeBegun, fromDatabase, midway, TIMED_OUT } from './errors.js'
import { kindOf, literal, type MysqlField, mysqlValue } from './mysql-values.js'
import { CONNECT_MS, COUNT_MS, type DatabaseOptions, STATEMENT_MS } from './options.js'
import { assertUnique, columnAt } from './unique.js'

const TIMES: ReadonlySet<ColumnKind> = new Set(['date', 'wall', 'instant'])

type Answer = { readonly fields: readonly MysqlField[]; readonly rows: readonly (readonly (Buffer | null)[])[] }

/** Rows of MariaDB and MySQL, every value in the server's own text. One connection, made anew after a fault. */
export class MysqlRows implements RowSource {
  readonly #options: DatabaseOptions
  readonly #where: string
  #client: Connection | undefined
  #columns: readonly Column[] | undefined

  constructor(options: DatabaseOptions) {
    this.#options = options
    this.#where = formatDatabase(options.address)
  }

  async look(asked: RowsAsked): Promise<RowsLook> {
    try {
      this.#columns = undefined
      const columns = await this.#columnsOf(asked)
      columnAt(columns, asked.key)
      assertTime(asked.time, columns[columnAt(columns, asked.time)]?.kind)
      if ('table' in asked.of) assertUnique(asked.of.table, asked, await this.#isUnique(asked.of.table, asked))
      return { columns, ...(await this.#count(asked)) }
    } catch (error) {
      throw beforeBegun(fromDatabase(error, this.#where))
    }
  }

  async page(asked: RowsAsked, after: RowPlace | undefined, limit: number): Promise<RowPage> {
    try {
      const columns = await this.#columnsOf(asked)
      const [time, key] = [`s.${quoted(asked.time)}`, `s.${quoted(asked.key)}`]
      const behind = after === undefined ? '' : ` AND ${behindOf(asked, columns, after)}`
      const text = `SELECT s.* FROM ${from(asked)} WHERE ${within(asked)}${behind} ORDER BY ${time}, ${key} LIMIT ${limit}`
      return pageOf(await this.#ask(text), columns, asked)
    } catch (error) {
      await this[Symbol.asyncDispose]()
      throw midway(fromDatabase(error, this.#where))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client?.destroy()
    this.#client = undefined
  }

  async #columnsOf(asked: RowsAsked): Promise<readonly Column[]> {
    if (this.#columns !== undefined) return this.#columns
    const { fields } = await this.#ask(`SELECT s.* FROM ${from(asked)} LIMIT 0`)
    const json = 'table' in asked.of ? await this.#jsonOf(asked.of.table) : new Set<string>()
    this.#columns = fields.map(field => ({ name: field.name, kind: kindOf(field, json) }))
    return this.#columns
  }

  /** MariaDB keeps JSON as text with a check: https://mariadb.com/kb/en/json/ */
  async #jsonOf(table: string): Promise<ReadonlySet<string>> {
    const { rows: there } = await this.#ask(
      "SELECT 1 FROM information_schema.columns WHERE table_schema = 'information_schema' AND table_name = 'CHECK_CONSTRAINTS' AND column_name = 'TABLE_NAME'",
    )
    if (there.length === 0) return new Set()
    const { rows } = await this.#ask(
      `SELECT check_clause FROM information_schema.check_constraints WHERE ${tableIs(table, 'constraint_schema')}`,
    )
    return new Set(rows.flatMap(([clause]) => /^json_valid\(`(.*)`\)$/i.exec(String(clause))?.[1] ?? []))
  }

  async #isUnique(table: string, { key, time }: RowsAsked): Promise<boolean> {
    const names = [key, time].map(escaped).join(', ')
    const { rows } = await this.#ask(
      `SELECT 1 FROM information_schema.statistics WHERE ${tableIs(table, 'table_schema')} AND non_unique = 0
      GROUP BY index_name HAVING SUM(column_name IS NULL OR sub_part IS NOT NULL OR column_name NOT IN (${names})) = 0 LIMIT 1`,
    )
    return rows.length > 0
  }

  async #count(asked: RowsAsked): Promise<Pick<RowsLook, 'count' | 'withoutKey'>> {
    const text = `SELECT COUNT(*), COUNT(*) - COUNT(s.${quoted(asked.key)}) FROM ${from(asked)} WHERE ${within(asked)}`
    await this.#limit(COUNT_MS)
    try {
      const [row] = (await this.#ask(text)).rows
      return { count: BigInt(String(row?.[0] ?? 0)), withoutKey: BigInt(String(row?.[1] ?? 0)) }
    } catch (error) {
      if (fromDatabase(error, this.#where).code !== TIMED_OUT) throw error
      return { count: undefined, withoutKey: 0n }
    } finally {
      await this.#limit(STATEMENT_MS)
    }
  }

  async #limit(milliseconds: number): Promise<void> {
    if (this.#client !== undefined) await limitStatements(this.#client, milliseconds)
  }

  async #ask(sql: string): Promise<Answer> {
    this.#client ??= await connected(this.#options)
    const [rows, fields] = await this.#client.query({ sql, rowsAsArray: true, typeCast: field => field.buffer() })
    return { rows, fields } as unknown as Answer
  }
}

/** A session that can only read, in UTC. */
export async function connected({ address, credentials }: DatabaseOptions): Promise<Connection> {
  const { username: user, password = '' } = credentials
  const { host, port, database } = address
  const at = { host: host.replace(/^\[|\]$/g, ''), port, database }
  const client = await createConnection({ ...at, user, password, connectTimeout: CONNECT_MS, charset: 'utf8mb4' })
  // A server that goes away ends the query too, which is what the caller sees.
  client.on('error', () => undefined)
  // Without an sql_mode a backslash escapes, and days such as 0000-00-00 are read as they are.
  await client.query("SET SESSION sql_mode = '', SESSION time_zone = '+00:00'")
  await client.query('SET SESSION TRANSACTION READ ONLY')
  await limitStatements(client, STATEMENT_MS)
  return client
}

/** MariaDB counts seconds, MySQL milliseconds. https://mariadb.com/kb/en/aborting-statements/ */
async function limitStatements(client: Connection, milliseconds: number): Promise<void> {
  const [rows] = await client.query('SELECT VERSION() AS version')
  const version = String((rows as { version: unknown }[])[0]?.version)
  const isMaria = /mariadb/i.test(version)
  await client.query(
    isMaria
      ? `SET SESSION max_statement_time = ${milliseconds / 1000}`
      : `SET SESSION max_execution_time = ${milliseconds}`,
  )
}

/** A name as SQL has it. */
export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** A text as SQL has it. */
export const escaped = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** The table or the query, as `s`. */
export const from = ({ of }: Pick<RowsAsked, 'of'>): string =>
  'table' in of ? `${of.table.split('.').map(quoted).join('.')} AS s` : `(${of.query.replace(/[\s;]+$/, '')}\n) AS s`

/** A condition on the tables of information_schema. */
export const tableIs = (table: string, schema: string): string => {
  const [name = '', database] = table.split('.').reverse()
  return `table_name = ${escaped(name)} AND ${schema} = ${database === undefined ? 'DATABASE()' : escaped(database)}`
}

const within = ({ time, from: start, to }: RowsAsked): string =>
  `s.${quoted(time)} >= ${clock(start)} AND s.${quoted(time)} < ${clock(to)}`

/** A point in time as the session, which is in UTC, writes it. */
const clock = (iso: string): string => escaped(iso.replace('T', ' ').replace('Z', ''))

/** Spelt out: of a comparison of row values MariaDB takes the time alone to its index, and passes all rows of that time on each page. */
function behindOf(asked: RowsAsked, columns: readonly Column[], after: RowPlace): string {
  const literalKey = literal(columns[columnAt(columns, asked.key)]?.kind ?? 'text', after.key, escaped)
  const [time, key, at] = [`s.${quoted(asked.time)}`, `s.${quoted(asked.key)}`, escaped(after.time)]
  return `(${time} > ${at} OR (${time} = ${at} AND ${key} > ${literalKey}))`
}

function assertTime(name: string, kind: ColumnKind | undefined): void {
  if (kind !== undefined && TIMES.has(kind)) return
  throw new UserError(`Column ${name} holds no time`, {
    code: 'no-time',
    hint: 'Give a column of type TIMESTAMP, DATETIME or DATE; another one by --query, with FROM_UNIXTIME(…) AS the --time column.',
  })
}

function pageOf({ fields, rows }: Answer, columns: readonly Column[], asked: RowsAsked): RowPage {
  const [time, key] = [columnAt(columns, asked.time), columnAt(columns, asked.key)]
  const row = (cells: readonly (Buffer | null)[]): Row => {
    const isBytes = columns[key]?.kind === 'bytes'
    const place = { time: cells[time]?.toString() ?? '', key: cells[key]?.toString(isBytes ? 'hex' : 'utf8') ?? '' }
    const values = cells.map((cell, at) => mysqlValue(columns[at]?.kind ?? 'text', fields[at] ?? { name: '' }, cell))
    return { place, at: millisecondsOf(place.time), values }
  }
  return { columns, rows: rows.map(row) }
}

const millisecondsOf = (text: string): number => {
  const at = Date.parse(text.includes(':') ? `${text.replace(' ', 'T').replace(/(\.\d{3})\d+$/, '$1')}Z` : text)
  return Number.isNaN(at) || at < 0 ? -1 : at
}
