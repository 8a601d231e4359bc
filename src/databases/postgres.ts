import { Client, type FieldDef } from 'pg'
import { formatDatabase } from '../core/address/database.js'
import type { RowsAsked } from '../core/rows-asked.js'
import { UserError } from '../errors.js'
import type { Column, ColumnKind, Row, RowPage, RowPlace, RowSource, RowsLook, RowValue } from '../replay/rows/ports.js'
import { beforeBegun, fromDatabase, midway, TIMED_OUT } from './errors.js'
import { CONNECT_MS, COUNT_MS, type DatabaseOptions, STATEMENT_MS } from './options.js'
import { assertUnique, columnAt } from './unique.js'

/** Object ids of built-in types: https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/catalog/pg_type.dat */
const KINDS: Readonly<Record<number, ColumnKind>> = {
  16: 'boolean',
  17: 'bytes',
  20: 'integer',
  21: 'integer',
  23: 'integer',
  26: 'integer',
  114: 'json',
  700: 'float',
  701: 'float',
  1082: 'date',
  1114: 'wall',
  1184: 'instant',
  1700: 'decimal',
  3802: 'json',
}
const TIMES: ReadonlySet<ColumnKind> = new Set(['date', 'wall', 'instant'])

type Answer = { readonly fields: readonly FieldDef[]; readonly rows: readonly (readonly (string | null)[])[] }

/** Names of the types of time and key, so that a text is compared as what the column holds. */
type Types = { readonly time: string; readonly key: string }

/** Rows of PostgreSQL, every value in the server's own text. One connection, made anew after a fault. */
export class PostgresRows implements RowSource {
  readonly #options: DatabaseOptions
  readonly #where: string
  #client: Client | undefined
  #types: Types | undefined

  constructor(options: DatabaseOptions) {
    this.#options = options
    this.#where = formatDatabase(options.address)
  }

  async look(asked: RowsAsked): Promise<RowsLook> {
    try {
      const columns = columnsOf((await this.#ask(`SELECT s.* FROM ${from(asked)} LIMIT 0`)).fields)
      const key = columnAt(columns, asked.key)
      assertTime(asked.time, columns[columnAt(columns, asked.time)]?.kind)
      if ('table' in asked.of) assertUnique(asked.of.table, asked, await this.#isUnique(asked.of.table, asked))
      const counted = await this.#count(asked, columns[key]?.name ?? '')
      return { columns, ...counted }
    } catch (error) {
      throw beforeBegun(fromDatabase(error, this.#where))
    }
  }

  async page(asked: RowsAsked, after: RowPlace | undefined, limit: number): Promise<RowPage> {
    try {
      const { time, key } = { time: quoted(asked.time), key: quoted(asked.key) }
      const types = this.#types ?? (await this.#typesOf(asked))
      const behind = after === undefined ? '' : ` AND (s.${time}, s.${key}) > ($3::${types.time}, $4::${types.key})`
      const text = `SELECT s.* FROM ${from(asked)} WHERE ${within(asked)}${behind} ORDER BY s.${time}, s.${key} LIMIT ${limit}`
      const values = [asked.from, asked.to, ...(after === undefined ? [] : [after.time, after.key])]
      return pageOf(await this.#ask(text, values), asked)
    } catch (error) {
      await this[Symbol.asyncDispose]()
      throw midway(fromDatabase(error, this.#where))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const client = this.#client
    this.#client = undefined
    // What has failed already fails again when it says goodbye; the socket is closed either way.
    await client?.end().catch(() => undefined)
  }

  async #count(asked: RowsAsked, key: string): Promise<Pick<RowsLook, 'count' | 'withoutKey'>> {
    const text = `SELECT count(*), count(*) - count(s.${quoted(key)}) FROM ${from(asked)} WHERE ${within(asked)}`
    await this.#ask(`SET statement_timeout = ${COUNT_MS}`)
    try {
      const [row] = (await this.#ask(text, [asked.from, asked.to])).rows
      return { count: BigInt(row?.[0] ?? 0), withoutKey: BigInt(row?.[1] ?? 0) }
    } catch (error) {
      if (fromDatabase(error, this.#where).code !== TIMED_OUT) throw error
      return { count: undefined, withoutKey: 0n }
    } finally {
      await this.#ask(`SET statement_timeout = ${STATEMENT_MS}`)
    }
  }

  /** Of a partitioned table and of a view too: a view has no index, so its rows are taken by --query. */
  async #isUnique(table: string, { key, time }: RowsAsked): Promise<boolean> {
    const text = `SELECT 1 FROM pg_index i WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
      AND i.indexprs IS NULL AND NOT EXISTS (SELECT 1 FROM unnest(i.indkey[0:i.indnkeyatts - 1]) AS k(n)
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n WHERE a.attname NOT IN ($2, $3)) LIMIT 1`
    return (await this.#ask(text, [qualified(table), key, time])).rows.length > 0
  }

  async #typesOf(asked: RowsAsked): Promise<Types> {
    const { fields } = await this.#ask(`SELECT s.* FROM ${from(asked)} LIMIT 0`)
    const idOf = (name: string) => String(fields[columnAt(columnsOf(fields), name)]?.dataTypeID ?? 0)
    const text = 'SELECT format_type($1::oid, NULL), format_type($2::oid, NULL)'
    const [row] = (await this.#ask(text, [idOf(asked.time), idOf(asked.key)])).rows
    this.#types = { time: row?.[0] ?? 'text', key: row?.[1] ?? 'text' }
    return this.#types
  }

  async #ask(text: string, values: readonly string[] = []): Promise<Answer> {
    this.#client ??= await connected(this.#options)
    return this.#client.query({ text, values: [...values], rowMode: 'array', types: AS_TEXT }) as Promise<Answer>
  }
}

/** Values as the server writes them. */
export const AS_TEXT = { getTypeParser: () => (text: string) => text } as never

/** A session that can only read, in UTC. */
export async function connected({ address, credentials }: DatabaseOptions): Promise<Client> {
  const client = new Client({
    host: address.host.replace(/^\[|\]$/g, ''),
    port: address.port,
    database: address.database,
    user: credentials.username,
    ...(credentials.password === undefined ? {} : { password: credentials.password }),
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'spillway replay',
    // The client's own patience, for a server that has gone silent.
    query_timeout: STATEMENT_MS + CONNECT_MS,
    options: `-c default_transaction_read_only=on -c statement_timeout=${STATEMENT_MS} -c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601 -c extra_float_digits=1`,
  })
  // A server that goes away ends the query too, which is what the caller sees.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** A name as SQL has it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** `SCHEMA.TABLE` as SQL has it. */
export const qualified = (table: string): string => table.split('.').map(quoted).join('.')

/** The table or the query, as `s`. */
export const from = ({ of }: Pick<RowsAsked, 'of'>): string =>
  'table' in of ? `${qualified(of.table)} AS s` : `(${of.query.replace(/[\s;]+$/, '')}\n) AS s`

const within = ({ time }: RowsAsked): string =>
  `s.${quoted(time)} >= $1::timestamptz AND s.${quoted(time)} < $2::timestamptz`

/** What columns hold. */
export const columnsOf = (fields: readonly FieldDef[]): Column[] =>
  fields.map(({ name, dataTypeID }) => ({ name, kind: KINDS[dataTypeID] ?? 'text' }))

function assertTime(name: string, kind: ColumnKind | undefined): void {
  if (kind !== undefined && TIMES.has(kind)) return
  throw new UserError(`Column ${name} holds no time`, {
    code: 'no-time',
    hint: 'Give a column of type timestamptz, timestamp or date; another one by --query, with to_timestamp(…) AS the --time column.',
  })
}

function pageOf({ fields, rows }: Answer, asked: RowsAsked): RowPage {
  const columns = columnsOf(fields)
  const [time, key] = [columnAt(columns, asked.time), columnAt(columns, asked.key)]
  const row = (texts: readonly (string | null)[]): Row => {
    const place = { time: texts[time] ?? '', key: texts[key] ?? '' }
    return { place, at: millisecondsOf(place.time), values: texts.map((text, at) => rowValue(columns[at]?.kind, text)) }
  }
  return { columns, rows: rows.map(row) }
}

function rowValue(kind: ColumnKind | undefined, text: string | null): RowValue {
  if (text === null) return null
  if (kind === 'bytes') return Buffer.from(text.slice(2), 'hex')
  if (kind === 'boolean') return text === 't' ? 'true' : 'false'
  if (kind === 'instant') return isoOf(text).replace(/\+00$/, 'Z')
  return kind === 'wall' ? isoOf(text) : text
}

/** "infinity" and years BC stay as the server writes them. */
const isoOf = (text: string): string => (/^\d{4,}-\d\d-\d\d \S+$/.test(text) ? text.replace(' ', 'T') : text)

const millisecondsOf = (text: string): number => {
  const at = Date.parse(
    `${isoOf(text)
      .replace(/\+00$/, '')
      .replace(/(\.\d{3})\d+$/, '$1')}${text.includes(':') ? 'Z' : ''}`,
  )
  return Number.isNaN(at) || at < 0 ? -1 : at
}
