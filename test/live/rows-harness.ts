import { Client } from 'pg'
import { parseDatabase } from '../../src/core/address/database.js'
import type { RowsAsked } from '../../src/core/rows-asked.js'
import { openRows } from '../../src/databases/open.js'
import type { DatabaseOptions } from '../../src/databases/options.js'
import type { RowSource } from '../../src/replay/rows/ports.js'

/** A day of orders. */
export const ASKED: RowsAsked = {
  of: { table: 'orders' },
  key: 'id',
  time: 'at',
  from: '2026-01-31T00:00:00.000Z',
  to: '2026-02-01T00:00:00.000Z',
}

/** Who may only read. */
export const READER = { username: 'reader', password: 'reads' }

/** The rows of a database, by the login in its address unless another is given. */
export const open = (url: string, more: Partial<DatabaseOptions> = {}): Promise<RowSource> => {
  const place = parseDatabase(url)
  if (place?.credentials === undefined) throw new TypeError('no address')
  return openRows({ address: place.address, credentials: place.credentials, ...more })
}

/** Keys of the first page. */
export const keys = async (rows: RowSource) => (await rows.page(ASKED, undefined, 9)).rows.map(({ place }) => place.key)

/** A connection of its own, for as long as `work` takes. */
export async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
