import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.js'
import { quartersOf } from '../account.js'
import { isEngineRunning } from '../docker.js'
import { labHome } from '../home.js'
import { freePorts } from '../ports.js'
import { isRunning, markOf } from '../process.js'
import { writeStateFile } from '../state-file.js'
import { keepPassword } from './access.js'
import type { Database } from './database.js'
import type { DatabaseLab, DatabaseLabOptions, DatabaseStartOptions } from './options.js'
import { bringUpDatabase, databaseLab, removeDatabase, runnerOf } from './running.js'
import { type DatabaseState, databaseFolder, readDatabase, readDatabases } from './state.js'

type Say = (line: string) => void

/**
 * Starts a real database on this machine and resolves when it has answered a query. `say` gets progress, a line at a time.
 * Throws a UserError when nothing here can run it, or when it does not start; what was started is removed again then.
 */
export async function startDatabase(
  database: Database,
  asked: DatabaseStartOptions,
  say: Say = () => undefined,
): Promise<DatabaseLab> {
  const { stop, ...options } = asked
  const { name, home = labHome(process.env) } = options
  await removeOrphans(database, home, say)
  await claimFolder(database, home, name)
  const state = await layOut(database, { home, options, say })
  const folder = databaseFolder(database, home, name)
  try {
    return await launch(database, { folder, state, say, stop })
  } catch (error) {
    await removeDatabase(database, folder, (await readDatabase(database, home, name)) ?? state)
    throw error
  }
}

/** Decides what runs the server, gets it ready (image or programs) and draws a port. Nothing is started yet. */
async function layOut(
  database: Database,
  { home, options, say }: { home: string; options: DatabaseLabOptions; say: Say },
): Promise<DatabaseState> {
  const docker = options.source === 'docker' || (options.source !== 'machine' && (await isEngineRunning()))
  if (docker) await database.prepareImage(say)
  const lockFile = join(home, `${database.service}-install.lock`)
  const programs = docker ? undefined : await database.ensurePrograms(lockFile, say)
  const [port = 0] = options.port === undefined ? await freePorts(1) : [options.port]
  return {
    service: database.service,
    options,
    source: docker ? 'docker' : 'machine',
    port,
    ...(programs && { ...programs, ...(await quartersOf(databaseFolder(database, home, options.name), database)) }),
    ...(options.keep ? {} : { owner: markOf(process.pid) }),
  }
}

async function launch(
  database: Database,
  { folder, state, say, stop }: { folder: string; state: DatabaseState; say: Say; stop: AbortSignal | undefined },
): Promise<DatabaseLab> {
  await writeStateFile(folder, state)
  const password = randomBytes(18).toString('base64url')
  await keepPassword(database, folder, { port: state.port, password })
  say(`starting ${database.title} by ${state.source}`)
  await runnerOf(database, state).prepare(folder, state, password)
  return databaseLab(database, folder, await bringUpDatabase(database, { folder, state, stop }))
}

async function claimFolder(database: Database, home: string, name: string): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw new UserError(`A lab cannot be named "${name}"`, { hint: 'Use a-z, 0-9 and -, such as `--name night`.' })
  }
  if ((await readDatabase(database, home, name)) !== undefined) {
    throw new UserError(`A lab named ${name} is there already`, {
      hint: `End it: \`spillway lab down --name ${name}\`.`,
    })
  }
  const folder = databaseFolder(database, home, name)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
}

/** Ends the labs of processes that were killed before they could. */
async function removeOrphans(database: Database, home: string, say: Say): Promise<void> {
  for (const state of await readDatabases(database, home)) {
    if (state.owner === undefined || isRunning(state.owner)) continue
    say(`removing lab ${state.options.name}, whose owner is gone`)
    await removeDatabase(database, databaseFolder(database, home, state.options.name), state)
  }
}
