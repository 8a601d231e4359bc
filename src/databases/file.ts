import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { type DuckDb, openDuckDb } from '../archive/duckdb.js'
import type { RowsAsked } from '../core/rows-asked.js'
import { BrokerError, Refusal, SpillwayError } from '../errors.js'
import type { RowPage, RowPlace, RowSource, RowsLook } from '../replay/rows/ports.js'
import { FileCursor } from './file-cursor.js'
import { type FileTable, fileTable, selected, textOf, unreadable } from './file-table.js'
import { timeOf, within } from './file-window.js'
import { COUNT_MS } from './options.js'
import { assertUnique } from './unique.js'

/** How a file was: bytes, and milliseconds since the epoch. */
export type FileStamp = { readonly bytes: number; readonly modified: number }

/** How a file is now. Throws UserError `unreadable`. */
export async function stampOf(path: string): Promise<FileStamp> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { bytes: size, modified: Math.floor(mtimeMs) }
  } catch (cause) {
    throw unreadable(path, (cause as NodeJS.ErrnoException).code ?? String(cause), cause)
  }
}

/** Rows of CSV, NDJSON or Parquet, in the order of the file or by time and key, read in one stream. A row's place is its number. */
export class FileRows implements RowSource {
  readonly #path: string
  readonly #stamp: FileStamp
  #db: DuckDb | undefined
  #table: FileTable | undefined
  #cursor: FileCursor | undefined

  constructor(path: string, stamp: FileStamp) {
    this.#path = path
    this.#stamp = stamp
  }

  async look(asked: RowsAsked): Promise<RowsLook> {
    try {
      await this.#assertSame()
      const { db, table } = await this.#opened()
      const { columns } = table
      const counted = await count(
        db,
        rowsSql(table, asked, 'count(*) AS n, count(k) AS keys, count(DISTINCT k) AS kinds'),
      )
      if (counted === undefined) return { columns, count: undefined, withoutKey: 0n }
      assertUnique(this.#path, { key: asked.key, time: asked.time || 'its number' }, counted.keys === counted.kinds)
      return { columns, count: counted.rows, withoutKey: counted.rows - counted.keys }
    } catch (error) {
      if (error instanceof SpillwayError || !(error instanceof Error)) throw error
      throw unreadable(this.#path, error.message.trim(), error)
    }
  }

  async page(asked: RowsAsked, after: RowPlace | undefined, limit: number): Promise<RowPage> {
    try {
      await this.#assertSame()
      const { db, table } = await this.#opened()
      const number = Number(after?.time ?? 0)
      if (this.#cursor === undefined || this.#cursor.number !== number) {
        await this.#cursor?.close()
        this.#cursor = new FileCursor(db.rows(orderedSql(table, asked)), table, asked)
        await this.#cursor.skip(number)
      }
      return await this.#cursor.take(limit)
    } catch (error) {
      await this.#closeCursor()
      if (error instanceof SpillwayError || !(error instanceof Error)) throw error
      throw new BrokerError(`${this.#path}: ${error.message.trim()}`, {
        retry: false,
        code: 'unreadable',
        cause: error,
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closeCursor()
    await this.#db?.[Symbol.asyncDispose]()
    this.#db = undefined
  }

  async #closeCursor(): Promise<void> {
    const cursor = this.#cursor
    this.#cursor = undefined
    await cursor?.close()
  }

  async #opened(): Promise<{ db: DuckDb; table: FileTable }> {
    // One thread, so that its memory holds the longest line.
    this.#db ??= await openDuckDb({ folder: tmpdir(), memory: '512MB', threads: 1 })
    this.#table ??= await fileTable(this.#db, this.#path)
    return { db: this.#db, table: this.#table }
  }

  async #assertSame(): Promise<void> {
    const { bytes, modified } = await stampOf(this.#path)
    if (bytes === this.#stamp.bytes && modified === this.#stamp.modified) return
    throw new Refusal(`${this.#path} is not the file any more that was planned`, {
      code: 'stale',
      hint: `It had ${this.#stamp.bytes} bytes of ${new Date(this.#stamp.modified).toISOString()}. Bring that one back, or plan anew.`,
    })
  }
}

/** Each row with its key as `k`; its time as `micros` and `is_zoned`, where it has one. */
function rowsSql(table: FileTable, asked: RowsAsked, what: string): string {
  const { micros, isZoned } =
    asked.time === '' ? { micros: 'NULL', isZoned: 'NULL' } : timeOf(textOf(table, asked.time))
  const rows = `SELECT *, ${textOf(table, asked.key)} AS k, ${micros} AS micros, ${isZoned} AS is_zoned FROM ${table.from}`
  return `SELECT ${what} FROM (${rows}) WHERE ${within(asked)}`
}

const orderedSql = (table: FileTable, asked: RowsAsked): string =>
  `${rowsSql(table, asked, `${selected(table)}, k, micros, is_zoned`)}${asked.time === '' ? '' : ' ORDER BY micros, k'}`

type Counted = { readonly rows: bigint; readonly keys: bigint; readonly kinds: bigint }

/** Undefined where it takes too long. Throws as DuckDB words it. */
async function count(db: DuckDb, sql: string): Promise<Counted | undefined> {
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    db.connection.interrupt()
  }, COUNT_MS)
  try {
    const [row] = (await db.connection.runAndReadAll(sql)).getRowObjectsJson()
    return { rows: BigInt(String(row?.n)), keys: BigInt(String(row?.keys)), kinds: BigInt(String(row?.kinds)) }
  } catch (error) {
    if (isLate) return undefined
    throw error
  } finally {
    clearTimeout(timer)
  }
}
