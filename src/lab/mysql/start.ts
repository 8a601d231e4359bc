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
import { ensureMysql } from './install.js'
import type { MysqlLab, MysqlLabOptions, MysqlStartOptions } from './options.js'
import { bringUpMysql, mysqlLab, removeMysql, runnerOf } from './running.js'
import { type MysqlState, mysqlFolder, readMysql, readMysqls } from './state.js'

type Say = (line: string) => void

/**
 * Starts a real MariaDB on this machine and resolves when it has answered a query. `say` gets progress, a line at a time.
 * Throws a UserError when nothing here can run MariaDB, or when it does not start; what was started is removed again then.
 */
export async function startMysql(asked: MysqlStartOptions, say: Say = () => undefined): Promise<MysqlLab> {
  const { stop, ...options } = asked
  const home = options.home ?? labHome(process.env)
  await removeOrphans(home, say)
  await claimFolder(home, options.name)
  const folder = mysqlFolder(home, options.name)
  const state = await layOut(home, options, say)
  try {
    return await launch(folder, state, { say, ...(stop ? { stop } : {}) })
  } catch (error) {
    await removeMysql(folder, (await readMysql(home, options.name)) ?? state)
    throw error
  }
}

/** Decides what runs the server, gets it ready (image or programs) and draws a port. Nothing is started yet. */
async function layOut(home: string, options: MysqlLabOptions, say: Say): Promise<MysqlState> {
  const docker = options.source === 'docker' || (options.source !== 'machine' && (await isEngineRunning()))
  if (docker) await prepareImage(say)
  const programs = docker ? undefined : await ensureMysql(join(home, 'mysql-install.lock'), say)
  const [port = 0] = options.port === undefined ? await freePorts(1) : [options.port]
  return {
    service: 'mysql',
    options,
    source: docker ? 'docker' : 'machine',
    port,
    ...(programs === undefined ? {} : { programs, ...(await quarters(mysqlFolder(home, options.name))) }),
    ...(options.keep ? {} : { owner: markOf(process.pid) }),
  }
}

const quarters = (folder: string): Promise<Quarters> =>
  quartersOf(folder, { title: 'MariaDB', service: 'mysql', users: ['mysql', 'nobody'] })

async function launch(folder: string, state: MysqlState, how: { say: Say; stop?: AbortSignal }): Promise<MysqlLab> {
  await writeStateFile(folder, state)
  const password = randomBytes(18).toString('base64url')
  await keepPassword(folder, state, password)
  how.say(`starting MariaDB by ${state.source}`)
  await runnerOf(state).prepare(folder, state, password)
  return mysqlLab(folder, await bringUpMysql(folder, state, how.stop))
}

async function claimFolder(home: string, name: string): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw new UserError(`A lab cannot be named "${name}"`, { hint: 'Use a-z, 0-9 and -, such as `--name night`.' })
  }
  if ((await readMysql(home, name)) !== undefined) {
    throw new UserError(`A lab named ${name} is there already`, {
      hint: `End it: \`spillway lab down --name ${name}\`.`,
    })
  }
  await rm(mysqlFolder(home, name), { recursive: true, force: true })
  await mkdir(mysqlFolder(home, name), { recursive: true })
}

/** Ends the labs of processes that were killed before they could. */
async function removeOrphans(home: string, say: Say): Promise<void> {
  for (const state of await readMysqls(home)) {
    if (state.owner === undefined || isRunning(state.owner)) continue
    say(`removing lab ${state.options.name}, whose owner is gone`)
    await removeMysql(mysqlFolder(home, state.options.name), state)
  }
}
