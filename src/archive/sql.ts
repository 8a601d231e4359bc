import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Json } from '@duckdb/node-api'
import { UserError } from '../errors.js'
import { type DuckDb, literal, openDuckDb } from './duckdb.js'
import { indexTable } from './index-table.js'

/** Rows that a statement gave, and their columns. */
export type SqlAnswer = {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Json[])[]
  /** There are more than were asked for. */
  readonly more: boolean
}

/** At most so many rows; the signal ends the search. */
export type SqlLimits = { readonly most: number; readonly signal?: AbortSignal }

const MEMORY = '200MB'

/** SELECT and EXPLAIN of DuckDB's statement types (duckdb.h, duckdb_statement_type). */
const READS: readonly number[] = [1, 4]

const HINT =
  'Tables: index (id, key, key_base64, timestamp, lane, mark, size, digest) and messages (with `time` in place of timestamp).'

/**
 * Asks the index of an archive one question in SQL: it can read nothing else of this machine, and change nothing. Throws UserError `sql` with DuckDB's words,
 * `no-archive`, RunError `no-duckdb`, the signal's reason.
 */
export async function askArchive(folder: string, sql: string, { most, signal }: SqlLimits): Promise<SqlAnswer> {
  const copy = join(folder, `.sql-${process.pid}-${Math.random().toString(36).slice(2, 8)}.csv.zst`)
  try {
    await using db = await openDuckDb({ folder, memory: MEMORY })
    await prepare(db, folder, copy)
    const interrupt = () => db.connection.interrupt()
    signal?.addEventListener('abort', interrupt)
    try {
      return await ask(db, sql, most)
    } catch (error) {
      throw signal?.aborted ? signal.reason : error
    } finally {
      signal?.removeEventListener('abort', interrupt)
    }
  } finally {
    await rm(copy, { force: true })
  }
}

async function prepare(db: DuckDb, folder: string, copy: string): Promise<void> {
  const { from, file } = await indexTable(folder, copy)
  await db.run(`CREATE VIEW "index" AS SELECT * FROM ${from}`)
  await db.run(
    'CREATE VIEW messages AS SELECT id, key, key_base64, TRY(epoch_ms(timestamp))::TIMESTAMPTZ AS time, lane, mark, size, digest FROM "index"',
  )
  await db.run(`SET allowed_paths = [${literal(file)}]`)
  await db.run('SET enable_external_access = false')
  await db.run('SET lock_configuration = true')
}

async function ask(db: DuckDb, sql: string, most: number): Promise<SqlAnswer> {
  try {
    const statements = await db.connection.extractStatements(sql)
    if (statements.count !== 1)
      throw new UserError(`${statements.count} statements, where one is asked for`, { code: 'sql', hint: HINT })
    const statement = await statements.prepare(0)
    if (!READS.includes(statement.statementType))
      throw new UserError('The archive can only be read: SELECT', { code: 'sql', hint: HINT })
    const reader = await statement.streamAndReadUntil(most + 1)
    const rows = reader.getRowsJson()
    return { columns: reader.columnNames(), rows: rows.slice(0, most), more: rows.length > most || !reader.done }
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error
    throw new UserError(error.message.trim(), { code: 'sql', hint: HINT, cause: error })
  }
}
