import { endServer } from '../end.js'
import { bringUpServer, removeServer, type Service } from '../one-server.js'
import { addressOf, passwordFileOf, urlOf, versionIfReady } from './access.js'
import { type Database, logOf } from './database.js'
import type { DatabaseLab } from './options.js'
import type { DatabaseRunner } from './runner.js'
import { type DatabaseState, databaseFolder, readDatabase } from './state.js'

const GRACE_MS = 15_000

/** What runs the server of this lab. */
export const runnerOf = (database: Database, { source }: DatabaseState): DatabaseRunner => database.runners[source]

const serviceOf = (database: Database): Service<DatabaseState> => ({
  title: database.title,
  log: logOf(database),
  setting: 'a setting',
  patience: 60_000,
  grace: GRACE_MS,
  lastSignal: database.lastSignal,
  runnerOf: state => runnerOf(database, state),
  versionIfReady: (folder, state) => versionIfReady(database, folder, state),
})

/** The lab of this name, whoever started it and whether or not its server still runs; undefined when there is none. */
export async function findDatabaseLab(
  database: Database,
  home: string,
  name: string,
): Promise<Pick<DatabaseLab, 'stop'> | undefined> {
  const state = await readDatabase(database, home, name)
  return state && { stop: () => removeDatabase(database, databaseFolder(database, home, name), state) }
}

/** The lab in hand: what its state says, and the means to stop and start its server. */
export async function databaseLab(database: Database, folder: string, first: DatabaseState): Promise<DatabaseLab> {
  let state = first
  const runner = runnerOf(database, first)
  return {
    name: state.options.name,
    source: state.source,
    address: addressOf(database, state),
    url: await urlOf(database, folder, state),
    port: state.port,
    version: state.release ?? '',
    get pid() {
      return state.process?.pid ?? 0
    },
    passwordFile: passwordFileOf(database, folder),
    folder,
    stop: () => removeDatabase(database, folder, state),
    kill: (name = 'SIGKILL') => endServer(runner, state, { name, grace: GRACE_MS }),
    async restart() {
      await endServer(runner, state, { name: database.orderlySignal, grace: GRACE_MS })
      state = await bringUpDatabase(database, { folder, state, stop: undefined })
    },
  }
}

/**
 * Starts the server, records it before waiting, and waits until a query is answered. Throws a UserError with the end of the log
 * when it ends first, or after 60 s.
 */
export const bringUpDatabase = (
  database: Database,
  at: { folder: string; state: DatabaseState; stop: AbortSignal | undefined },
): Promise<DatabaseState> => bringUpServer(serviceOf(database), at)

/** Ends the server and removes the lab's folder and data. */
export const removeDatabase = (database: Database, folder: string, state: DatabaseState): Promise<void> =>
  removeServer(serviceOf(database), folder, state)
