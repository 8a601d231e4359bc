import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { defined } from '../../core/defined.js'
import { UserError } from '../../errors.js'
import { writeStateFile } from '../state-file.js'
import { caFileOf, managementUrlOf, settingsOf, urlOf, versionIfReady } from './access.js'
import { dockerRunner } from './docker.js'
import { machineRunner } from './machine-node.js'
import type { RabbitLab } from './options.js'
import type { RabbitRunner } from './runner.js'
import { type RabbitState, rabbitFolder, readRabbit } from './state.js'

const PATIENCE = 180_000
const GRACE = 30_000

/** What runs the node of this lab. */
export const runnerOf = ({ source }: RabbitState): RabbitRunner => (source === 'docker' ? dockerRunner : machineRunner)

/** The lab of this name, whoever started it and whether or not its node still runs; undefined when there is none. */
export async function findRabbitLab(home: string, name: string): Promise<RabbitLab | undefined> {
  const state = await readRabbit(home, name)
  return state && rabbitLab(rabbitFolder(home, name), state)
}

/** The lab in hand: what its state says, and the means to stop and start its node. */
export async function rabbitLab(folder: string, first: RabbitState): Promise<RabbitLab> {
  let state = first
  const runner = runnerOf(first)
  return {
    name: state.options.name,
    source: state.source,
    url: urlOf(state),
    amqpPort: state.ports.amqp,
    managementUrl: managementUrlOf(state),
    version: state.release ?? '',
    get pid() {
      return state.process?.pid ?? 0
    },
    settings: await settingsOf(folder, state),
    ...defined({ caFile: caFileOf(folder, state) }),
    dataDir: folder,
    stop: () => removeRabbit(folder, state),
    kill: (name = 'SIGKILL') => endNode(runner, state, name),
    async restart() {
      await endNode(runner, state, 'SIGTERM')
      state = await bringUpRabbit(folder, state)
    },
    ctl: (...args) => runner.ctl(folder, state, args),
  }
}

/**
 * Starts the node, records it before waiting, and waits until an AMQP connection and the management API answer. Throws a
 * UserError with the end of the log when it ends first, or after 180 s.
 */
export async function bringUpRabbit(folder: string, state: RabbitState, stop?: AbortSignal): Promise<RabbitState> {
  const runner = runnerOf(state)
  const started = { ...state, ...(await runner.start(folder, state)) }
  await writeStateFile(folder, started)
  const release = await untilReady(runner, { folder, state: started, ...(stop ? { stop } : {}) })
  const ready = { ...started, release }
  await writeStateFile(folder, ready)
  return ready
}

/** Ends the node (its data goes too, so nothing is gained by asking) and removes the lab's folder. */
export async function removeRabbit(folder: string, state: RabbitState): Promise<void> {
  const runner = runnerOf(state)
  await endNode(runner, state, 'SIGKILL')
  await runner.cleanUp(state)
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
}

async function endNode(runner: RabbitRunner, state: RabbitState, name: NodeJS.Signals): Promise<void> {
  if (!(await runner.signal(state, name)) || name === 'SIGSTOP' || name === 'SIGCONT') return
  if (await runner.hasEnded(state, GRACE)) return
  await runner.signal(state, 'SIGKILL')
  await runner.hasEnded(state, GRACE)
}

type At = { readonly folder: string; readonly state: RabbitState; readonly stop?: AbortSignal }

async function untilReady(runner: RabbitRunner, at: At): Promise<string> {
  const end = Date.now() + PATIENCE
  for (;;) {
    const release = await versionIfReady(at.state)
    if (release !== undefined) return release
    at.stop?.throwIfAborted()
    if (!(await runner.isUp(at.state))) throw await failure(runner, at, 'ended while it started')
    if (Date.now() > end) throw await failure(runner, at, `gave no answer within ${PATIENCE / 1000} s`)
    await sleep(100)
  }
}

async function failure(runner: RabbitRunner, { folder, state }: At, what: string): Promise<UserError> {
  const lines = await runner.tail(folder, state)
  return new UserError(`The RabbitMQ of the lab ${state.options.name} ${what}`, {
    code: 'lab-start',
    hint: 'The end of its log follows. A port in use, or a line of configuration that it does not take, is the usual cause.',
    details: lines.map(message => ({ at: 'broker.log', message })),
  })
}
