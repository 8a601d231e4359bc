import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.js'
import { type Quarters, quartersOf } from '../account.js'
import { isEngineRunning } from '../docker.js'
import { labHome } from '../home.js'
import { freePorts } from '../ports.js'
import { isRunning, markOf } from '../process.js'
import { writeStateFile } from '../state-file.js'
import { keepPassword } from './access.js'
import { prepareImage } from './docker.js'
import { ensurePostgres } from './install.js'
import type { PostgresLab, PostgresLabOptions, PostgresStartOptions } from './options.js'
import { bringUpPostgres, postgresLab, removePostgres, runnerOf } from './running.js'
import { type PostgresState, postgresFolder, readPostgres, readPostgreses } from './state.js'

type Say = (line: string) => void

/**
 * Starts a real PostgreSQL on this machine and resolves when it has answered a query. `say` gets progress, a line at a time.
 * Throws a UserError when nothing here can run PostgreSQL, or when it does not start; what was started is removed again then.
 */
export async function startPostgres(asked: PostgresStartOptions, say: Say = () => undefined): Promise<PostgresLab> {
  const { stop, ...options } = asked
  const home = options.home ?? labHome(process.env)
  await removeOrphans(home, say)
  await claimFolder(home, options.name)
  const folder = postgresFolder(home, options.name)
  const state = await layOut(home, options, say)
  try {
    return await launch(folder, state, { say, ...(stop ? { stop } : {}) })
  } catch (error) {
    await removePostgres(folder, (await readPostgres(home, options.name)) ?? state)
    throw error
  }
}

/** Decides what runs the server, gets it ready (image or programs) and draws a port. Nothing is started yet. */
async function layOut(home: string, options: PostgresLabOptions, say: Say): Promise<PostgresState> {
  const docker = options.source === 'docker' || (options.source !== 'machine' && (await isEngineRunning()))
  if (docker) await prepareImage(say)
  const bin = docker ? undefined : await ensurePostgres(join(home, 'postgres-install.lock'), say)
  const [port = 0] = options.port === undefined ? await freePorts(1) : [options.port]
  return {
    service: 'postgres',
    options,
    source: docker ? 'docker' : 'machine',
    port,
    ...(bin === undefined ? {} : { bin, ...(await quarters(postgresFolder(home, options.name))) }),
    ...(options.keep ? {} : { owner: markOf(process.pid) }),
  }
}

const quarters = (folder: string): Promise<Quarters> =>
  quartersOf(folder, { title: 'PostgreSQL', service: 'postgres', users: ['postgres', 'nobody'] })

async function launch(
  folder: string,
  state: PostgresState,
  how: { say: Say; stop?: AbortSignal },
): Promise<PostgresLab> {
  await writeStateFile(folder, state)
  const password = randomBytes(18).toString('base64url')
  await keepPassword(folder, state, password)
  how.say(`starting PostgreSQL by ${state.source}`)
  await runnerOf(state).prepare(folder, state, password)
  return postgresLab(folder, await bringUpPostgres(folder, state, how.stop))
}

async function claimFolder(home: string, name: string): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw new UserError(`A lab cannot be named "${name}"`, { hint: 'Use a-z, 0-9 and -, such as `--name night`.' })
  }
  if ((await readPostgres(home, name)) !== undefined) {
    throw new UserError(`A lab named ${name} is there already`, {
      hint: `End it: \`spillway lab down --name ${name}\`.`,
    })
  }
  await rm(postgresFolder(home, name), { recursive: true, force: true })
  await mkdir(postgresFolder(home, name), { recursive: true })
}

/** Ends the labs of processes that were killed before they could. */
async function removeOrphans(home: string, say: Say): Promise<void> {
  for (const state of await readPostgreses(home)) {
    if (state.owner === undefined || isRunning(state.owner)) continue
    say(`removing lab ${state.options.name}, whose owner is gone`)
    await removePostgres(postgresFolder(home, state.options.name), state)
  }
}
