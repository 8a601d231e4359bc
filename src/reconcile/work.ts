import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDb, literal, openDuckDb } from '../archive/duckdb.js'
import { RunError } from '../errors.js'

/** What DuckDB may hold; with Node around it the process stayed below 512 MB for ten million ids a side. */
const MEMORY = '224MB'
/** The same while a side is read: what holds its rows on their way is not counted. */
const MEMORY_READING = '160MB'

/** Rows of a file as they come. */
export const RAW = 'CREATE TABLE work.raw (seen BOOLEAN, bucket UTINYINT, id VARCHAR, time BIGINT)'

const TABLES = [
  'CREATE TABLE work.ids (seen BOOLEAN, bucket UTINYINT, id VARCHAR, time BIGINT)',
  RAW,
  'CREATE TABLE work.missing (id VARCHAR, time BIGINT)',
  'CREATE TABLE work.hours (hour BIGINT, expected BIGINT, missing BIGINT, duplicates BIGINT)',
]

/** A row of an answer, by column; numbers past 2^53 are decimal strings. */
export type Row = Readonly<Record<string, unknown>>

/** The ids of both sides on disk, with DuckDB on top of them; all of it goes away when it is closed. */
export class Work implements AsyncDisposable {
  readonly #db: DuckDb
  readonly #folder: string
  readonly #signal: AbortSignal

  constructor(db: DuckDb, folder: string, signal: AbortSignal) {
    this.#db = db
    this.#folder = folder
    this.#signal = signal
  }

  get db(): DuckDb {
    return this.#db
  }

  /** Runs a statement; ended by the signal, and then throws its reason. Throws RunError `reconcile` as DuckDB words it. */
  async run(sql: string): Promise<void> {
    await this.#interruptible(() => this.#db.run(sql))
  }

  /** Does something with less memory than usual. Throws as `run`, and what it throws. */
  async withLess(work: () => Promise<void>): Promise<void> {
    await this.run(`SET memory_limit = '${MEMORY_READING}'`)
    await work()
    await this.run(`SET memory_limit = '${MEMORY}'`)
  }

  /** The first row of an answer. Throws as `run`. */
  async row(sql: string): Promise<Row> {
    return this.#interruptible(async () => {
      const reader = await this.#db.connection.runAndReadAll(sql)
      return reader.getRowObjectsJson()[0] ?? {}
    })
  }

  /** All rows of a short answer. Throws as `run`. */
  async all(sql: string): Promise<readonly Row[]> {
    return this.#interruptible(async () => (await this.#db.connection.runAndReadAll(sql)).getRowObjectsJson())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #interruptible<T>(work: () => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted()
    const interrupt = () => this.#db.connection.interrupt()
    this.#signal.addEventListener('abort', interrupt)
    try {
      return await work()
    } catch (error) {
      throw this.#signal.aborted ? this.#signal.reason : worded(error)
    } finally {
      this.#signal.removeEventListener('abort', interrupt)
    }
  }
}

/** Makes the work files in a folder of their own below `folder`. Throws RunError `no-duckdb`, `reconcile`. */
export async function openWork(folder: string, signal: AbortSignal): Promise<Work> {
  const own = join(folder, `.reconcile-${process.pid}-${randomBytes(3).toString('hex')}`)
  await mkdir(own, { recursive: true, mode: 0o700 })
  try {
    const work = new Work(await openDuckDb({ folder: own, memory: MEMORY }), own, signal)
    await work.run('SET preserve_insertion_order = false')
    await work.run(`ATTACH ${literal(join(own, 'ids.duckdb'))} AS work`)
    for (const table of TABLES) await work.run(table)
    return work
  } catch (error) {
    await rm(own, { recursive: true, force: true })
    throw error
  }
}

function worded(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  return new RunError(error.message.trim(), {
    code: 'reconcile',
    hint: 'Where it is about room: `--temp DIR` puts the work files on another disk. They take about as much as the ids themselves.',
    cause: error,
  })
}
