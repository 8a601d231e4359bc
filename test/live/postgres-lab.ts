import { Client } from 'pg'
import { afterAll } from 'vitest'
import type { DatabaseLab, DatabaseLabOptions } from '../../src/lab/database/options.js'
import { startDatabase } from '../../src/lab/database/start.js'
import { POSTGRES } from '../../src/lab/postgres/postgres.js'

let labs = 0

/** Starts a PostgreSQL for this test file alone. The caller stops it. */
export function startOwnPostgres(options: Omit<DatabaseLabOptions, 'name'> = {}): Promise<DatabaseLab> {
  labs += 1
  return startDatabase(POSTGRES, { source: 'machine', ...options, name: `own-${process.pid}-${labs}` })
}

/** Like `startOwnPostgres`, and stops it after the file's last test. Call it in a `beforeAll`. */
export function ownPostgres(options: Omit<DatabaseLabOptions, 'name'> = {}): Promise<DatabaseLab> {
  const lab = startOwnPostgres(options)
  afterOwn.push(async () => (await lab).stop())
  return lab
}

const afterOwn: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.allSettled(afterOwn.map(stop => stop()))
})

/** Runs `work` with a PostgreSQL of its own, which is gone afterwards. */
export async function withPostgres<T>(
  options: Omit<DatabaseLabOptions, 'name'>,
  work: (lab: DatabaseLab) => Promise<T>,
): Promise<T> {
  const lab = await startOwnPostgres(options)
  try {
    return await work(lab)
  } finally {
    await lab.stop()
  }
}

/** The rows of one query, over a connection of its own. */
export async function query(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<Record<string, unknown>>(text, values)).rows
  } finally {
    await client.end()
  }
}
