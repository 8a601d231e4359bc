import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { askVersion } from './client.js'
import { MYSQL_DATABASE, MYSQL_USER } from './options.js'
import type { MysqlState } from './state.js'

const HOST = '127.0.0.1'

/** Where a lab keeps its password, alone. */
export const passwordFileOf = (folder: string): string => join(folder, 'client.cnf')

/** `mysql://root@127.0.0.1:PORT/lab`: without the password. */
export const addressOf = ({ port }: Pick<MysqlState, 'port'>): string =>
  `mysql://${MYSQL_USER}@${HOST}:${port}/${MYSQL_DATABASE}`

/** Writes the login as an option file has it, for us alone. https://mariadb.com/kb/en/configuring-mariadb-with-option-files/ */
export async function keepPassword(folder: string, { port }: MysqlState, password: string): Promise<void> {
  const file = passwordFileOf(folder)
  const lines = ['[client]', 'protocol=tcp', `host=${HOST}`, `port=${port}`, `user=${MYSQL_USER}`]
  await writeFile(file, [...lines, `password=${password}`, ''].join('\n'), { mode: 0o600 })
  await chmod(file, 0o600)
}

/** The address with its password, for clients. */
export async function urlOf(folder: string, state: MysqlState): Promise<string> {
  const [, password = ''] = /^password=(.*)$/m.exec(await readFile(passwordFileOf(folder), 'utf8')) ?? []
  return addressOf(state).replace('@', `:${password}@`)
}

/** The server's version, when it takes our login and answers a query; undefined while not. */
export async function versionIfReady(folder: string, state: MysqlState): Promise<string | undefined> {
  try {
    return await askVersion(await urlOf(folder, state))
  } catch {
    // Refused, starting, silent: each means not yet.
    return undefined
  }
}
