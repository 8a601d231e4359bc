import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.js'
import { writeStateFile } from '../state-file.js'
import { addressOf, passwordFileOf, urlOf, versionIfReady } from './access.js'
import { dockerRunner } from './docker.js'
import { machineRunner } from './machine-server.js'
import type { PostgresLab } from './options.js'
import type { PostgresRunner } from './runner.js'
import { type PostgresState, postgresFolder, readPostgres } from './state.js'

const PATIENCE = 60_000
const GRACE = 15_000

/** What runs the server of this lab. */
export const runnerOf = ({ source }: PostgresState): PostgresRunner =>
  source === 'docker' ? dockerRunner : machineRunner

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
    kill: (name = 'SIGKILL') => endServer(runner, state, name),
    async restart() {
      await endServer(runner, state, 'SIGINT')
      state = await bringUpPostgres(folder, state)
    },
  }
}

/**
 * Starts the server, records it before waiting, and waits until a query is answered. Throws a UserError with the end of the log
 * when it ends first, or after 60 s.
 */
export async function bringUpPostgres(
  folder: string,
  state: PostgresState,
  stop?: AbortSignal,
): Promise<PostgresState> {
  const runner = runnerOf(state)
  const started = { ...state, ...(await runner.start(folder, state)) }
  await writeStateFile(folder, started)
  const release = await untilReady(runner, { folder, state: started, ...(stop ? { stop } : {}) })
  const ready = { ...started, release }
  await writeStateFile(folder, ready)
  return ready
}

/**
 * Ends the server and removes the lab's folder and data. "Immediate shutdown" (SIGQUIT) ends its children too, without writing
 * out data that is to go. https://www.postgresql.org/docs/current/server-shutdown.html
 */
export async function removePostgres(folder: string, state: PostgresState): Promise<void> {
  const runner = runnerOf(state)
  await endServer(runner, state, 'SIGQUIT')
  await runner.cleanUp(state)
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
}

async function endServer(runner: PostgresRunner, state: PostgresState, name: NodeJS.Signals): Promise<void> {
  if (!(await runner.signal(state, name)) || name === 'SIGSTOP' || name === 'SIGCONT') return
  if (await runner.hasEnded(state, GRACE)) return
  await runner.signal(state, 'SIGKILL')
  await runner.hasEnded(state, GRACE)
}

type At = { readonly folder: string; readonly state: PostgresState; readonly stop?: AbortSignal }

async function untilReady(runner: PostgresRunner, at: At): Promise<string> {
  const end = Date.now() + PATIENCE
  for (;;) {
    const release = await versionIfReady(at.folder, at.state)
    if (release !== undefined) return release
    at.stop?.throwIfAborted()
    if (!(await runner.isUp(at.state))) throw await failure(runner, at, 'ended while it started')
    if (Date.now() > end) throw await failure(runner, at, `gave no answer within ${PATIENCE / 1000} s`)
    await sleep(100)
  }
}

async function failure(runner: PostgresRunner, { folder, state }: At, what: string): Promise<UserError> {
  const lines = await runner.tail(folder, state)
  return new UserError(`The PostgreSQL of the lab ${state.options.name} ${what}`, {
    code: 'lab-start',
    hint: 'The end of its log follows. A port in use, or a setting that it does not take, is the usual cause.',
    details: lines.map(message => ({ at: 'postgres.log', message })),
  })
}
