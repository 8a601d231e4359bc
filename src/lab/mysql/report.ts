import { defined } from '../../core/defined.js'
import { addressOf, passwordFileOf, versionIfReady } from './access.js'
import { runnerOf } from './running.js'
import { type MysqlState, mysqlFolder } from './state.js'

/** What `lab up` and `lab status` tell of one lab's MariaDB. */
export type MysqlReport = {
  readonly source: 'environment' | 'docker' | 'machine'
  /** The server's own word; absent where it never answered. */
  readonly version?: string
  /** `mysql://USER@HOST:PORT/DB`: without the password. */
  readonly address: string
  /** Holds user and password, as `mariadb --defaults-extra-file` takes them; absent where the server is not ours. */
  readonly passwordFile?: string
  /** 0 where Docker runs the server; absent where it is not ours. */
  readonly pid?: number
  readonly ready: boolean
  /** Where its log is: `mysql.log`. */
  readonly folder?: string
}

/** Asks the server of a lab whether it runs and answers. Changes nothing. */
export async function inspectMysql(home: string, state: MysqlState): Promise<MysqlReport> {
  const folder = mysqlFolder(home, state.options.name)
  const version = (await runnerOf(state).isUp(state)) ? await versionIfReady(folder, state) : undefined
  return {
    source: state.source,
    ...defined({ version: version ?? state.release }),
    address: addressOf(state),
    passwordFile: passwordFileOf(folder),
    pid: state.process?.pid ?? 0,
    ready: version !== undefined,
    folder,
  }
}

/** A MariaDB as text, for people: state, address, and where the password is. */
export function describeMysql(name: string, mysql: MysqlReport): string {
  const version = mysql.version === undefined ? '' : ` ${mysql.version}`
  const state = mysql.ready ? 'ready' : 'NOT READY'
  const lines = [`${name}: MariaDB${version} by ${mysql.source}, ${state}`]
  lines.push(`  address     ${mysql.address}`)
  if (mysql.passwordFile) lines.push(`  login       mariadb --defaults-extra-file=${mysql.passwordFile}`)
  if (mysql.pid) lines.push(`  process     ${mysql.pid}`)
  if (mysql.folder) lines.push(`  log         ${mysql.folder}/mysql.log`)
  return `${lines.join('\n')}\n`
}
