import { endServer } from '../end.js'
import { bringUpServer, removeServer, type Service } from '../one-server.js'
import { addressOf, passwordFileOf, urlOf, versionIfReady } from './access.js'
import { dockerRunner } from './docker.js'
import { machineRunner } from './machine-server.js'
import type { PostgresLab } from './options.js'
import type { PostgresRunner } from './runner.js'
import { type PostgresState, postgresFolder, readPostgres } from './state.js'

/** What runs the server of this lab. */
export const runnerOf = ({ source }: PostgresState): PostgresRunner =>
  source === 'docker' ? dockerRunner : machineRunner

const SERVICE: Service<PostgresState> = {
  title: 'PostgreSQL',
  log: 'postgres.log',
  setting: 'a setting',
  patience: 60_000,
  grace: 15_000,
  // "Immediate shutdown" ends its children too, without writing out data that is to go: https://www.postgresql.org/docs/current/server-shutdown.html
  lastSignal: 'SIGQUIT',
  runnerOf,
  versionIfReady,
}

/** The lab of this name, whoever started it and whether or not its server still runs; undefined when there is none. */
export async function findPostgresLab(home: string, name: string): Promise<Pick<PostgresLab, 'stop'> | undefined> {
  const state = await readPostgres(home, name)
  return state && { stop: () => removePostgres(postgresFolder(home, name), state) }
}

/** The lab in hand: what its state says, and the means to stop and start its server. */
export async function postgresLab(folder: string, first: PostgresState): Promise<PostgresLab> {
  let state = first
  const runner = runnerOf(first)
  return {
    name: state.options.name,
    source: state.source,
    address: addressOf(state),
    url: await urlOf(folder, state),
    port: state.port,
    version: state.release ?? '',
    get pid() {
      return state.process?.pid ?? 0
    },
    passwordFile: passwordFileOf(folder),
    folder,
    stop: () => removePostgres(folder, state),
    kill: (name = 'SIGKILL') => endServer(runner, state, { name, grace: SERVICE.grace }),
    async restart() {
      await endServer(runner, state, { name: 'SIGINT', grace: SERVICE.grace })
      state = await bringUpPostgres(folder, state)
    },
  }
}

/**
 * Starts the server, records it before waiting, and waits until a query is answered. Throws a UserError with the end of the log
 * when it ends first, or after 60 s.
 */
export const bringUpPostgres = (folder: string, state: PostgresState, stop?: AbortSignal): Promise<PostgresState> =>
  bringUpServer(SERVICE, { folder, state, stop })

/** Ends the server and removes the lab's folder and data. */
export const removePostgres = (folder: string, state: PostgresState): Promise<void> =>
  removeServer(SERVICE, folder, state)
