import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { defined } from '../../core/defined.js'
import { UserError } from '../../errors.js'
import { isEngineRunning } from '../docker.js'
import { labHome } from '../home.js'
import { freePorts } from '../ports.js'
import { isRunning, markOf } from '../process.js'
import { writeStateFile } from '../state-file.js'
import { makeCertificates } from '../tls.js'
import { callManagement, managementUrlOf } from './access.js'
import { prepareImage } from './docker.js'
import { ensureRabbit } from './install.js'
import { RABBIT_USERS, type RabbitLab, type RabbitLabOptions, type RabbitStartOptions } from './options.js'
import { bringUpRabbit, rabbitLab, removeRabbit, runnerOf } from './running.js'
import { type RabbitState, rabbitFolder, readRabbit, readRabbits } from './state.js'
import { ensureRabbit4, type Programs } from './unpack.js'

type Say = (line: string) => void

/**
 * Starts a real RabbitMQ node on this machine and resolves when it has answered over AMQP and HTTP. `say` gets progress, a
 * line at a time. Throws a UserError when nothing here can run RabbitMQ, or when the node does not start; what was started
 * is removed again then.
 */
export async function startRabbit(asked: RabbitStartOptions, say: Say = () => undefined): Promise<RabbitLab> {
  const { stop, ...options } = asked
  const home = options.home ?? labHome(process.env)
  await removeOrphans(home, say)
  await claimFolder(home, options.name)
  const state = await layOut(home, options, say)
  const folder = rabbitFolder(home, options.name)
  try {
    return await launch(folder, state, { say, ...(stop ? { stop } : {}) })
  } catch (error) {
    await removeRabbit(folder, (await readRabbit(home, options.name)) ?? state)
    throw error
  }
}

/** Decides what runs the node, gets it ready (image or programs) and draws ports. Nothing is started yet. */
async function layOut(home: string, options: RabbitLabOptions, say: Say): Promise<RabbitState> {
  const docker = options.source === 'docker' || (options.source !== 'machine' && (await isEngineRunning()))
  if (docker) await prepareImage(say)
  const programs = docker ? undefined : await programsOf(home, options, say)
  const [amqp = 0, management = 0, distribution = 0, epmd = 0] = await freePorts(4)
  return {
    service: 'rabbitmq',
    options,
    source: docker ? 'docker' : 'machine',
    ...defined({ programs }),
    ports: { amqp, management, distribution, epmd, ...options.ports },
    ...(options.keep ? {} : { owner: markOf(process.pid) }),
  }
}

async function programsOf(home: string, { version }: RabbitLabOptions, say: Say): Promise<Programs> {
  if (version === '4') return ensureRabbit4(home, say)
  return { bin: await ensureRabbit(join(home, 'rabbitmq-install.lock'), say) }
}

async function launch(folder: string, state: RabbitState, how: { say: Say; stop?: AbortSignal }): Promise<RabbitLab> {
  await writeStateFile(folder, state)
  if (state.options.tls) await makeCertificates(join(folder, 'tls'))
  await runnerOf(state).prepare(folder, state)
  how.say(`starting RabbitMQ by ${state.source}`)
  const up = await bringUpRabbit(folder, state, how.stop)
  const limited = { password: RABBIT_USERS.limited, tags: '' }
  await callManagement(managementUrlOf(up), 'users/limited', { method: 'PUT', body: limited })
  return rabbitLab(folder, up)
}

async function claimFolder(home: string, name: string): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw new UserError(`A lab cannot be named "${name}"`, { hint: 'Use a-z, 0-9 and -, such as `--name night`.' })
  }
  if ((await readRabbit(home, name)) !== undefined) {
    throw new UserError(`A lab named ${name} is there already`, {
      hint: `End it: \`spillway lab down --name ${name}\`.`,
    })
  }
  await rm(rabbitFolder(home, name), { recursive: true, force: true })
  await mkdir(rabbitFolder(home, name), { recursive: true })
}

/** Ends the labs of test runs that were killed before they could. */
async function removeOrphans(home: string, say: Say): Promise<void> {
  for (const state of await readRabbits(home)) {
    if (state.owner === undefined || isRunning(state.owner)) continue
    say(`removing lab ${state.options.name}, whose owner is gone`)
    await removeRabbit(rabbitFolder(home, state.options.name), state)
  }
}
