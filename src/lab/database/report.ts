import { defined } from '../../core/defined.js'
import { addressOf, passwordFileOf, versionIfReady } from './access.js'
import { type Database, logOf } from './database.js'
import { runnerOf } from './running.js'
import { type DatabaseState, databaseFolder } from './state.js'

/** What `lab up` and `lab status` tell of one lab's database. */
export type DatabaseReport = {
  readonly source: 'environment' | 'docker' | 'machine'
  /** The server's own word; absent where it never answered. */
  readonly version?: string
  /** `postgres://USER@HOST:PORT/DB`, `mysql://USER@HOST:PORT/DB`: without the password. */
  readonly address: string
  /** Holds the password, as PGPASSFILE or `mariadb --defaults-extra-file` takes it; absent where the server is not ours. */
  readonly passwordFile?: string
  /** 0 where Docker runs the server; absent where it is not ours. */
  readonly pid?: number
  readonly ready: boolean
  /** Where its log is: `postgres.log`, `mysql.log`. */
  readonly folder?: string
}

/** Asks the server of a lab whether it runs and answers. Changes nothing. */
export async function inspectDatabase(database: Database, home: string, state: DatabaseState): Promise<DatabaseReport> {
  const folder = databaseFolder(database, home, state.options.name)
  const isUp = await runnerOf(database, state).isUp(state)
  const version = isUp ? await versionIfReady(database, folder, state) : undefined
  return {
    source: state.source,
    ...defined({ version: version ?? state.release }),
    address: addressOf(database, state),
    passwordFile: passwordFileOf(database, folder),
    pid: state.process?.pid ?? 0,
    ready: version !== undefined,
    folder,
  }
}

/** A database as text, for people: state, address, and where the password is. */
export function describeDatabase(database: Database, name: string, report: DatabaseReport): string {
  const version = report.version === undefined ? '' : ` ${report.version}`
  const state = report.ready ? 'ready' : 'NOT READY'
  const lines = [`${name}: ${database.title}${version} by ${report.source}, ${state}`]
  lines.push(`  address     ${report.address}`)
  if (report.passwordFile) lines.push(`  ${database.password.describe(report.passwordFile)}`)
  if (report.pid) lines.push(`  process     ${report.pid}`)
  if (report.folder) lines.push(`  log         ${report.folder}/${logOf(database)}`)
  return `${lines.join('\n')}\n`
}
