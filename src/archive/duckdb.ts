import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance, Json } from '@duckdb/node-api'
import { RunError } from '../errors.js'

export type DuckDbOptions = {
  /** Folder of the archive: what does not fit into memory goes below it, and away when it is closed. */
  readonly folder: string
  readonly memory: string
  readonly threads?: number
}

/** Two are enough for an index, and leave the rest of the machine to the broker. */
const THREADS = 2

/** DuckDB in this process, without a database of its own. It is loaded here and nowhere else: 70 MB, for who asks. */
export class DuckDb implements AsyncDisposable {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  readonly #temporary: string

  constructor(instance: DuckDBInstance, connection: DuckDBConnection, temporary: string) {
    this.#instance = instance
    this.#connection = connection
    this.#temporary = temporary
  }

  /** Runs a statement that gives nothing. Throws Error as DuckDB words it. */
  async run(sql: string): Promise<void> {
    await this.#connection.run(sql)
  }

  /**
   * Rows by column, some thousand at once; numbers past 2^53 are decimal strings. Several may be read at the same time: each has a connection of its own, because a
   * second question ends the answer to the first without a word. Throws Error as DuckDB words it.
   */
  async *rows(sql: string): AsyncGenerator<readonly Readonly<Record<string, Json>>[]> {
    const connection = await this.#instance.connect()
    try {
      const result = await connection.stream(sql)
      for await (const rows of result.yieldRowObjectJson()) if (rows.length > 0) yield rows
    } finally {
      connection.closeSync()
    }
  }

  /** The connection itself, for what else it can do. */
  get connection(): DuckDBConnection {
    return this.#connection
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.closeSync()
    this.#instance.closeSync()
    await rm(this.#temporary, { recursive: true, force: true })
  }
}

/** Opens DuckDB; it fetches no extensions. Throws RunError `no-duckdb` where it has no build for this machine. */
export async function openDuckDb({ folder, memory, threads = THREADS }: DuckDbOptions): Promise<DuckDb> {
  const { DuckDBInstance } = await load()
  const temporary = join(folder, `.duckdb-${process.pid}-${Math.random().toString(36).slice(2, 8)}`)
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memory,
    threads: String(Math.min(threads, availableParallelism())),
    temp_directory: temporary,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  await connection.run("SET GLOBAL TimeZone = 'UTC'")
  return new DuckDb(instance, connection, temporary)
}

async function load(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api')
  } catch (cause) {
    throw new RunError(`DuckDB cannot be loaded on ${process.platform} ${process.arch}`, {
      code: 'no-duckdb',
      hint: 'Reinstall with optional packages (npm install --include=optional). The index is CSV in zstd: `zstd -d` unpacks it.',
      cause,
    })
  }
}

/** A text as a literal of SQL. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
