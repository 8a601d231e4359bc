import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { literal, openDuckDb } from './duckdb.js'
import { syncFolder } from './durable.js'
import { csvTable } from './index-table.js'
import { INDEX_FILE, PARQUET_FILE } from './names.js'

/** With one thread, and small groups of rows, ten million rows take this and what a process takes anyway; more threads are faster and take twice as much. */
const MEMORY = '100MB'
const GROUP_ROWS = 61_440

/**
 * Writes the rows of the index as Parquet, in the order in which they are, zstd, and syncs: beside it, then renamed. Throws RunError `no-duckdb`, Error where
 * the disk is full.
 */
export async function sealIndex(folder: string): Promise<void> {
  const draft = join(folder, `.${PARQUET_FILE}`)
  await rm(draft, { force: true })
  try {
    await convert(folder, draft)
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

async function convert(folder: string, draft: string): Promise<void> {
  await using db = await openDuckDb({ folder, memory: MEMORY, threads: 1 })
  const { from } = csvTable(join(folder, INDEX_FILE))
  await db.run(
    `COPY (SELECT * FROM ${from}) TO ${literal(draft)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${GROUP_ROWS})`,
  )
}
