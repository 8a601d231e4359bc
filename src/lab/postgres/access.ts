import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { askVersion } from './client.js'
import { POSTGRES_DATABASE, POSTGRES_USER } from './options.js'
import type { PostgresState } from './state.js'

const HOST = '127.0.0.1'

/** Where a lab keeps its password, alone. */
export const passwordFileOf = (folder: string): string => join(folder, 'pgpass')

/** `postgres://postgres@127.0.0.1:PORT/postgres`: without the password. */
export const addressOf = ({ port }: Pick<PostgresState, 'port'>): string =>
  `postgres://${POSTGRES_USER}@${HOST}:${port}/${POSTGRES_DATABASE}`

/** Writes the password as PGPASSFILE has it, for us alone. https://www.postgresql.org/docs/current/libpq-pgpass.html */
export async function keepPassword(folder: string, { port }: PostgresState, password: string): Promise<void> {
  const file = passwordFileOf(folder)
  await writeFile(file, `${HOST}:${port}:*:${POSTGRES_USER}:${password}\n`, { mode: 0o600 })
  await chmod(file, 0o600)
}

/** The address with its password, for clients. */
export async function urlOf(folder: string, state: PostgresState): Promise<string> {
  const password = (await readFile(passwordFileOf(folder), 'utf8')).trim().split(':').at(-1) ?? ''
  return addressOf(state).replace('@', `:${password}@`)
}

/** The server's version, when it takes our login and answers a query; undefined while not. */
export async function versionIfReady(folder: string, state: PostgresState): Promise<string | undefined> {
  try {
    return await askVersion(await urlOf(folder, state))
  } catch {
    // Refused, starting, silent: each means not yet.
    return undefined
  }
}
