import { defined } from '../../core/defined.js'
import { addressOf, passwordFileOf, versionIfReady } from './access.js'
import { runnerOf } from './running.js'
import { type PostgresState, postgresFolder } from './state.js'

/** What `lab up` and `lab status` tell of one lab's PostgreSQL. */
export type PostgresReport = {
  readonly source: 'environment' | 'docker' | 'machine'
  /** The server's own word; absent where it never answered. */
  readonly version?: string
  /** `postgres://USER@HOST:PORT/DB`: without the password. */
  readonly address: string
  /** Holds the password, as PGPASSFILE takes it; absent where the server is not ours. */
  readonly passwordFile?: string
  /** 0 where Docker runs the server; absent where it is not ours. */
  readonly pid?: number
  readonly ready: boolean
  /** Where its log is: `postgres.log`. */
  readonly folder?: string
}

/** Asks the server of a lab whether it runs and answers. Changes nothing. */
export async function inspectPostgres(home: string, state: PostgresState): Promise<PostgresReport> {
  const folder = postgresFolder(home, state.options.name)
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

/** A PostgreSQL as text, for people: state, address, and where the password is. */
export function describePostgres(name: string, postgres: PostgresReport): string {
  const version = postgres.version === undefined ? '' : ` ${postgres.version}`
  const state = postgres.ready ? 'ready' : 'NOT READY'
  const lines = [`${name}: PostgreSQL${version} by ${postgres.source}, ${state}`]
  lines.push(`  address     ${postgres.address}`)
  if (postgres.passwordFile) lines.push(`  password    export PGPASSFILE=${postgres.passwordFile}`)
  if (postgres.pid) lines.push(`  process     ${postgres.pid}`)
  if (postgres.folder) lines.push(`  log         ${postgres.folder}/postgres.log`)
  return `${lines.join('\n')}\n`
}
