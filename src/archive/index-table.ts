import { existsSync } from 'node:fs'
import { copyFile, open, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.js'
import { literal } from './duckdb.js'
import { indexParts } from './index-walk.js'
import { INDEX_FILE, PARQUET_FILE } from './names.js'

/** Longest line of the index, in bytes, and what DuckDB reads at once; its default takes eight times the memory. */
const LINE_BYTES = 1_000_000
const BUFFER_BYTES = 4 * 2 ** 20

const COLUMNS =
  "{id: 'VARCHAR', key: 'VARCHAR', key_base64: 'VARCHAR', timestamp: 'BIGINT', lane: 'VARCHAR', mark: 'BIGINT', size: 'BIGINT', digest: 'VARCHAR'}"

/** The index of an archive as DuckDB finds it: an expression for FROM, and the file. */
export type IndexTable = { readonly from: string; readonly file: string }

/** CSV lines in zstd, as a table. */
export const csvTable = (file: string): IndexTable => ({
  from: `read_csv(${literal(file)}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false, compression = 'zstd', max_line_size = ${LINE_BYTES}, buffer_size = ${BUFFER_BYTES}, columns = ${COLUMNS})`,
  file,
})

/** Parquet as a table. */
export const parquetTable = (file: string): IndexTable => ({ from: `read_parquet(${literal(file)})`, file })

/** The index in a folder, sealed or not; one that is cut short is read as far as it is whole, from a copy at `copy`. Throws UserError `no-archive`. */
export async function indexTable(folder: string, copy: string): Promise<IndexTable> {
  const parquet = join(folder, PARQUET_FILE)
  if (existsSync(parquet)) return parquetTable(parquet)
  const csv = join(folder, INDEX_FILE)
  if (!existsSync(csv))
    throw new UserError(`There is no index of an archive in ${folder}`, {
      code: 'no-archive',
      hint: '`spillway archive ls` lists the archives of this home.',
    })
  const whole = await wholeBytes(csv)
  if (whole === undefined) return csvTable(csv)
  await copyFile(csv, copy)
  await truncate(copy, whole)
  return csvTable(copy)
}

/** Where the last whole part ends; undefined where that is the end of the file. */
async function wholeBytes(csv: string): Promise<number | undefined> {
  const handle = await open(csv, 'r')
  try {
    for await (const part of indexParts(handle)) if ('torn' in part) return part.end
    return undefined
  } finally {
    await handle.close()
  }
}
