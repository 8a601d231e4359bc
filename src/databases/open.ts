import type { RowSource } from '../replay/rows/ports.js'
import type { DatabaseOptions } from './options.js'
import { ToldRows } from './told-rows.js'

/** The rows of a database; nothing is connected yet. Loads the client of that database alone. */
export async function openRows(options: DatabaseOptions): Promise<RowSource> {
  return new ToldRows(await clientRows(options), options)
}

async function clientRows(options: DatabaseOptions): Promise<Required<RowSource>> {
  if (options.address.kind === 'postgres') return new (await import('./postgres.js')).PostgresRows(options)
  return new (await import('./mysql.js')).MysqlRows(options)
}
