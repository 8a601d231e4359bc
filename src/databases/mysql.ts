import type { RowsAsked } from '../core/rows-asked.js'
import type { Column, Row, RowPage, RowPlace, RowSource, RowsLook, WindowEnd } from '../replay/rows/ports.js'
import { assertColumns } from './columns.js'
import { isTimeout } from './errors.js'
import { OpenTransactions } from './mysql-open.js'
import { type Answer, MysqlSession } from './mysql-session.js'
import { kindOf, literal, mysqlValue } from './mysql-values.js'
import { COUNT_MS, type DatabaseOptions } from './options.js'
import { ColumnTimes } from './times.js'
import { assertUnique, columnAt } from './unique.js'

/** What is known of the columns, and how their times are read. */
type Shape = { readonly columns: readonly Column[]; readonly times: ColumnTimes }

const AS_TIME =
  'Give a column of type TIMESTAMP, DATETIME or DATE; another one by --query, with FROM_UNIXTIME(…) AS the --time column.'

/** Rows of MariaDB and MySQL, every value in the server's own text. Throws what the client throws. */
export class MysqlRows implements RowSource {
  readonly #session: MysqlSession
  readonly #open: OpenTransactions
  #shape: Shape | undefined

  constructor(options: DatabaseOptions) {
    this.#session = new MysqlSession(options)
    this.#open = new OpenTransactions(this.#session)
  }

  async look(asked: RowsAsked): Promise<RowsLook> {
    this.#shape = undefined
    const { columns } = await this.#shapeOf(asked)
    assertColumns(columns, asked, AS_TIME)
    const table = 'table' in asked.of ? asked.of.table : undefined
    if (table !== undefined) assertUnique(table, asked, await this.#isUnique(table, asked))
    const indexed = table === undefined ? {} : { indexed: await this.#isIndexed(table, asked) }
    const counted = await this.#count(asked)
    const [told] = (await this.#session.ask('SELECT UNIX_TIMESTAMP(NOW(3))')).rows
    const now = Number(String(told?.[0])) * 1000
    const server = await this.#session.server()
    const lag = await this.#open.lagMs()
    const notes = await this.#open.blind()
    return { columns, ...counted, ...indexed, server, now, notes, ...(lag === undefined ? {} : { lagMs: lag }) }
  }

  async page(asked: RowsAsked, after: RowPlace | undefined, limit: number): Promise<RowPage> {
    const { columns, times } = await this.#shapeOf(asked)
    const [time, key] = [`s.${quoted(asked.time)}`, `s.${quoted(asked.key)}`]
    const behind = after === undefined ? '' : ` AND ${behindOf(asked, columns, after)}`
    const text = `SELECT s.* FROM ${from(asked)} WHERE ${within(asked, times)}${behind} ORDER BY ${time}, ${key} LIMIT ${limit}`
    return pageOf(await this.#session.ask(text), { columns, times }, asked)
  }

  unsettled(window: WindowEnd): Promise<string | undefined> {
    return this.#open.before(window)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#session[Symbol.asyncDispose]()
  }

  async #shapeOf(asked: RowsAsked): Promise<Shape> {
    if (this.#shape !== undefined) return this.#shape
    const { fields } = await this.#session.ask(`SELECT s.* FROM ${from(asked)} LIMIT 0`)
    const json = 'table' in asked.of ? await this.#jsonOf(asked.of.table) : new Set<string>()
    const columns = fields.map(field => ({ name: field.name, kind: kindOf(field, json) }))
    const kind = columns[columnAt(columns, asked.time)]?.kind ?? 'instant'
    this.#shape = { columns, times: new ColumnTimes(asked, kind) }
    return this.#shape
  }

  /** MariaDB keeps JSON as text with a check: https://mariadb.com/kb/en/json/ */
  async #jsonOf(table: string): Promise<ReadonlySet<string>> {
    const { rows: there } = await this.#session.ask(
      "SELECT 1 FROM information_schema.columns WHERE table_schema = 'information_schema' AND table_name = 'CHECK_CONSTRAINTS' AND column_name = 'TABLE_NAME'",
    )
    if (there.length === 0) return new Set()
    const { rows } = await this.#session.ask(
      `SELECT check_clause FROM information_schema.check_constraints WHERE ${tableIs(table, 'constraint_schema')}`,
    )
    return new Set(rows.flatMap(([clause]) => /^json_valid\(`(.*)`\)$/i.exec(String(clause))?.[1] ?? []))
  }

  async #isUnique(table: string, { key, time }: RowsAsked): Promise<boolean> {
    const names = [key, time].map(escaped).join(', ')
    const { rows } = await this.#session.ask(
      `SELECT 1 FROM information_schema.statistics WHERE ${tableIs(table, 'table_schema')} AND non_unique = 0
      GROUP BY index_name HAVING SUM(column_name IS NULL OR sub_part IS NOT NULL OR column_name NOT IN (${names})) = 0 LIMIT 1`,
    )
    return rows.length > 0
  }

  async #isIndexed(table: string, { time }: RowsAsked): Promise<boolean> {
    const { rows } = await this.#session.ask(
      `SELECT 1 FROM information_schema.statistics WHERE ${tableIs(table, 'table_schema')} AND seq_in_index = 1
      AND index_type = 'BTREE' AND column_name = ${escaped(time)} LIMIT 1`,
    )
    return rows.length > 0
  }

  async #count(asked: RowsAsked): Promise<Pick<RowsLook, 'count' | 'withoutKey'>> {
    const { times } = await this.#shapeOf(asked)
    const text = `SELECT COUNT(*), COUNT(*) - COUNT(s.${quoted(asked.key)}) FROM ${from(asked)} WHERE ${within(asked, times)}`
    await this.#session.limit(COUNT_MS)
    try {
      const [row] = (await this.#session.ask(text)).rows
      return { count: BigInt(String(row?.[0] ?? 0)), withoutKey: BigInt(String(row?.[1] ?? 0)) }
    } catch (error) {
      if (!isTimeout(error)) throw error
      return { count: undefined, withoutKey: 0n }
    } finally {
      await this.#session.limit()
    }
  }
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

const within = (asked: RowsAsked, times: ColumnTimes): string => {
  const [column, borders] = [`s.${quoted(asked.time)}`, times.borders(asked)]
  return `${column} >= ${escaped(borders.from)} AND ${column} < ${escaped(borders.to)}`
}

/** Spelt out: of a comparison of row values MariaDB takes the time alone to its index, and passes all rows of that time on each page. */
function behindOf(asked: RowsAsked, columns: readonly Column[], after: RowPlace): string {
  const literalKey = literal(columns[columnAt(columns, asked.key)]?.kind ?? 'text', after.key, escaped)
  const [time, key, at] = [`s.${quoted(asked.time)}`, `s.${quoted(asked.key)}`, escaped(after.time)]
  return `(${time} > ${at} OR (${time} = ${at} AND ${key} > ${literalKey}))`
}

function pageOf({ fields, rows }: Answer, { columns, times }: Shape, asked: RowsAsked): RowPage {
  const [time, key] = [columnAt(columns, asked.time), columnAt(columns, asked.key)]
  const row = (cells: readonly (Buffer | null)[]): Row => {
    const isBytes = columns[key]?.kind === 'bytes'
    const place = { time: cells[time]?.toString() ?? '', key: cells[key]?.toString(isBytes ? 'hex' : 'utf8') ?? '' }
    const values = cells.map((cell, at) => mysqlValue(columns[at]?.kind ?? 'text', fields[at] ?? { name: '' }, cell))
    return { place, at: times.at(place.time), values }
  }
  return { columns, rows: rows.map(row) }
}
