import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Json } from '@duckdb/node-api'
import { type DuckDb, literal, openDuckDb } from './duckdb.js'
import { type IndexFilter, where } from './index-filter.js'
import { type IndexTable, indexTable, parquetTable } from './index-table.js'

/** A message as the index has it. */
export type Indexed = {
  readonly id: string
  readonly key: Buffer | null
  /** Milliseconds since the epoch; -1 where the message has none. */
  readonly timestamp: number
  readonly lane: string
  readonly mark: string
  readonly size: number
  /** 8 hex digits of CRC-32C. */
  readonly digest: string
}

/** The index of an archive, open to be searched. */
export interface ArchiveIndex extends AsyncDisposable {
  /** The messages that fit, in the order in which they were let go, some thousand at once. */
  rows(filter: IndexFilter): AsyncIterable<readonly Indexed[]>
  /** How many fit. */
  count(filter: IndexFilter): Promise<bigint>
  /** What of each stretch of `width` marks fits, of lanes within their marks; in ascending order, some thousand at once. */
  tally(filter: IndexFilter, of: TallyOf): AsyncIterable<readonly Tally[]>
}

/** Marks of a lane, [from, to). */
export type LaneMarks = { readonly lane: string; readonly from: number; readonly to: number }

export type TallyOf = { readonly lanes: readonly LaneMarks[]; readonly width: number }

/** The marks of a lane from a multiple of the width on: how many are in the index, and how many of these fit. */
export type Tally = { readonly lane: string; readonly from: number; readonly marks: number; readonly fit: number }

const MEMORY = '200MB'

export type IndexOptions = {
  readonly folder: string
  /** With `kafka` an id is a position (TOPIC/PARTITION/OFFSET), which is found faster. */
  readonly system?: 'kafka' | 'rabbitmq'
}

/** Opens the index of an archive, sealed or not. Throws UserError `no-archive`, RunError `no-duckdb`, `archive-damaged`. */
export async function openArchiveIndex(options: IndexOptions): Promise<ArchiveIndex> {
  const copy = join(options.folder, `.index-${process.pid}-${Math.random().toString(36).slice(2, 8)}.csv.zst`)
  const db = await openDuckDb({ folder: options.folder, memory: MEMORY })
  try {
    return new Searched(db, { table: await indexTable(options.folder, copy), copy, system: options.system })
  } catch (error) {
    await db[Symbol.asyncDispose]()
    throw error
  }
}

type Opened = { readonly table: IndexTable; readonly copy: string; readonly system: 'kafka' | 'rabbitmq' | undefined }

/** CSV is read from its beginning for each question; who asks more often waits once, for Parquet. */
const CSV_QUESTIONS = 3

class Searched implements ArchiveIndex {
  readonly #db: DuckDb
  readonly #of: Opened
  #questions = 0
  #parquet: Promise<IndexTable> | undefined

  constructor(db: DuckDb, of: Opened) {
    this.#db = db
    this.#of = of
  }

  async *rows(filter: IndexFilter): AsyncGenerator<readonly Indexed[]> {
    const limit = filter.limit === undefined ? '' : ` LIMIT ${filter.limit}`
    for await (const rows of this.#db.rows(
      `SELECT * FROM ${await this.#from()}${where(filter, this.#of.system)}${limit}`,
    ))
      yield rows.map(indexed)
  }

  async count(filter: IndexFilter): Promise<bigint> {
    for await (const [row] of this.#db.rows(
      `SELECT count(*) AS n FROM ${await this.#from()}${where(filter, this.#of.system)}`,
    ))
      return BigInt(String(row?.n ?? 0))
    return 0n
  }

  async *tally(filter: IndexFilter, { lanes, width }: TallyOf): AsyncGenerator<readonly Tally[]> {
    const { system } = this.#of
    const spans = lanes.map(({ lane, from, to }) => `(${literal(lane)}, ${from}, ${to})`).join(', ')
    // Of an offset there is one row; a queue's marks come from what was there when it was killed, too.
    const marks = system === 'kafka' ? 'count(*)' : 'count(DISTINCT mark)'
    // Told of each row before they are counted: there DuckDB looks long lists up in a table.
    const told = `SELECT lane, mark, ${where(filter, undefined).replace(/^ WHERE /, '') || 'true'} AS fits FROM ${await this.#from()} AS t`
    const within = `JOIN (VALUES ${spans}) AS l(name, begins, ends) ON lane = name AND mark >= begins AND mark < ends`
    for await (const rows of this.#db.rows(
      `SELECT lane, mark // ${width} AS stretch, ${marks} AS marks, count(*) FILTER (WHERE fits) AS fit FROM (${told}) ${within} GROUP BY 1, 2 ORDER BY 1, 2`,
    ))
      yield rows.map(row => ({
        lane: text(row.lane),
        from: Number(row.stretch) * width,
        marks: Number(row.marks),
        fit: Number(row.fit),
      }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parquet?.catch(() => undefined)
    await this.#db[Symbol.asyncDispose]()
    for (const file of [this.#of.copy, this.#draft]) await rm(file, { force: true })
  }

  get #draft(): string {
    return this.#of.copy.replace(/csv\.zst$/, 'parquet')
  }

  async #from(): Promise<string> {
    const { table } = this.#of
    if (table.file.endsWith('.parquet') || ++this.#questions <= CSV_QUESTIONS) return table.from
    this.#parquet ??= this.#convert()
    return (await this.#parquet).from
  }

  async #convert(): Promise<IndexTable> {
    await this.#db.run(
      `COPY (SELECT * FROM ${this.#of.table.from}) TO ${literal(this.#draft)} (FORMAT parquet, ROW_GROUP_SIZE 20480)`,
    )
    return parquetTable(this.#draft)
  }
}

const text = (value: Json | undefined): string => String(value ?? '')

function indexed(row: Readonly<Record<string, Json>>): Indexed {
  const { key, key_base64: base64, timestamp } = row
  const bytes = typeof base64 === 'string' ? Buffer.from(base64, 'base64') : null
  return {
    id: text(row.id),
    key: typeof key === 'string' ? Buffer.from(key) : bytes,
    timestamp: timestamp === null ? -1 : Number(timestamp),
    lane: text(row.lane),
    mark: text(row.mark),
    size: Number(row.size),
    digest: text(row.digest),
  }
}
