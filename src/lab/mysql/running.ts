import { endServer } from '../end.js'
import { bringUpServer, removeServer, type Service } from '../one-server.js'
import { addressOf, passwordFileOf, urlOf, versionIfReady } from './access.js'
import { dockerRunner } from './docker.js'
import { machineRunner } from './machine-server.js'
import type { MysqlLab } from './options.js'
import type { MysqlRunner } from './runner.js'
import { type MysqlState, mysqlFolder, readMysql } from './state.js'

/** What runs the server of this lab. */
export const runnerOf = ({ source }: MysqlState): MysqlRunner => (source === 'docker' ? dockerRunner : machineRunner)

const SERVICE: Service<MysqlState> = {
  title: 'MariaDB',
  log: 'mysql.log',
  setting: 'a setting',
  patience: 60_000,
  grace: 15_000,
  // One process; an orderly end would write out data that is to go.
  lastSignal: 'SIGKILL',
  runnerOf,
  versionIfReady,
}

/** The lab of this name, whoever started it and whether or not its server still runs; undefined when there is none. */
export async function findMysqlLab(home: string, name: string): Promise<Pick<MysqlLab, 'stop'> | undefined> {
  const state = await readMysql(home, name)
  return state && { stop: () => removeMysql(mysqlFolder(home, name), state) }
}

/** The lab in hand: what its state says, and the means to stop and start its server. */
export async function mysqlLab(folder: string, first: MysqlState): Promise<MysqlLab> {
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
    stop: () => removeMysql(folder, state),
    kill: (name = 'SIGKILL') => endServer(runner, state, { name, grace: SERVICE.grace }),
    async restart() {
      await endServer(runner, state, { name: 'SIGTERM', grace: SERVICE.grace })
      state = await bringUpMysql(folder, state)
    },
  }
}

/**
 * Starts the server, records it before waiting, and waits until a query is answered. Throws a UserError with the end of the log
 * when it ends first, or after 60 s.
 */
export const bringUpMysql = (folder: string, state: MysqlState, stop?: AbortSignal): Promise<MysqlState> =>
  bringUpServer(SERVICE, { folder, state, stop })

/** Ends the server and removes the lab's folder and data. */
export const removeMysql = (folder: string, state: MysqlState): Promise<void> => removeServer(SERVICE, folder, state)
