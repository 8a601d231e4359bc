import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from './database.js'
import type { DatabaseState } from './state.js'

/** Where a lab keeps its password, alone. */
export const passwordFileOf = ({ password }: Database, folder: string): string => join(folder, password.file)

/** `postgres://postgres@127.0.0.1:PORT/postgres`: without the password. */
export const addressOf = ({ service, user, database }: Database, { port }: DatabaseState): string =>
  `${service}://${user}@127.0.0.1:${port}/${database}`

/** Writes the password as the database's own clients take it, for us alone. */
export async function keepPassword(
  database: Database,
  folder: string,
  login: { readonly port: number; readonly password: string },
): Promise<void> {
  const file = passwordFileOf(database, folder)
  await writeFile(file, database.password.write(login), { mode: 0o600 })
  await chmod(file, 0o600)
}

/** The address with its password, for clients. */
export async function urlOf(database: Database, folder: string, state: DatabaseState): Promise<string> {
  const password = database.password.read(await readFile(passwordFileOf(database, folder), 'utf8'))
  return addressOf(database, state).replace('@', `:${password}@`)
}

/** The server's version, when it takes our login and answers a query; undefined while not. */
export async function versionIfReady(
  database: Database,
  folder: string,
  state: DatabaseState,
): Promise<string | undefined> {
  try {
    return await database.askVersion(await urlOf(database, folder, state))
  } catch {
    // Refused, starting, silent: each means not yet.
    return undefined
  }
}
