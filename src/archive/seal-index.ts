import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../journal/durable.js'
import { literal, openDuckDb } from './duckdb.js'
import { csvTable } from './index-table.js'
import { INDEX_FILE, PARQUET_FILE } from './names.js'

/** With one thread ten million rows take this and what a process takes anyway; more threads are faster, and take twice as much. */
const MEMORY = '100MB'

/**
 * Offsets ascend, so that the least and the greatest of each group of rows find an id of Kafka. Ids of a queue are in no order: with a dictionary comes a Bloom filter
 * for each group, which leaves one or two of them to look into. That is a third more bytes, and more memory for larger groups.
 */
const LAYOUT = {
  kafka: 'ROW_GROUP_SIZE 61440',
  rabbitmq:
    'ROW_GROUP_SIZE 20480, DICTIONARY_SIZE_LIMIT 24000, STRING_DICTIONARY_PAGE_SIZE_LIMIT 1500000, BLOOM_FILTER_FALSE_POSITIVE_RATIO 0.1',
} as const

/** Where keys are large, a group of rows must be small to be held in memory. */
const NARROW = 'ROW_GROUP_SIZE 2048'

/**
 * Writes the rows of the index as Parquet, in the order in which they are, zstd, and syncs: beside it, then renamed. Throws RunError `no-duckdb`, Error where
 * the disk is full.
 */
export async function sealIndex(folder: string, system: keyof typeof LAYOUT): Promise<void> {
  const draft = join(folder, `.${PARQUET_FILE}`)
  await rm(draft, { force: true })
  try {
    await convert(folder, draft, LAYOUT[system])
    const handle = await open(draft, 'r')
    await handle.sync()
    await handle.close()
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await rename(draft, join(folder, PARQUET_FILE))
  await syncFolder(folder)
}

async function convert(folder: string, draft: string, layout: string): Promise<void> {
  try {
    await copy(folder, draft, layout)
  } catch (error) {
    if (!(error instanceof Error) || !/^Out of Memory/.test(error.message) || layout === NARROW) throw error
    await convert(folder, draft, NARROW)
  }
}

async function copy(folder: string, draft: string, layout: string): Promise<void> {
  await using db = await openDuckDb({ folder, memory: MEMORY, threads: 1 })
  const { from } = csvTable(join(folder, INDEX_FILE))
  await db.run(`COPY (SELECT * FROM ${from}) TO ${literal(draft)} (FORMAT parquet, COMPRESSION zstd, ${layout})`)
}
