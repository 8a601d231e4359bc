import { defined } from '../../core/defined.js'
import { endServer } from '../end.js'
import { bringUpServer, removeServer, type Service } from '../one-server.js'
import { caFileOf, managementUrlOf, settingsOf, urlOf, versionIfReady } from './access.js'
import { dockerRunner } from './docker.js'
import { machineRunner } from './machine-node.js'
import type { RabbitLab } from './options.js'
import type { RabbitRunner } from './runner.js'
import { type RabbitState, rabbitFolder, readRabbit } from './state.js'

/** What runs the node of this lab. */
export const runnerOf = ({ source }: RabbitState): RabbitRunner => (source === 'docker' ? dockerRunner : machineRunner)

const SERVICE: Service<RabbitState> = {
  title: 'RabbitMQ',
  log: 'broker.log',
  setting: 'a line of configuration',
  patience: 180_000,
  grace: 30_000,
  // Its data goes too, so nothing is gained by asking.
  lastSignal: 'SIGKILL',
  runnerOf,
  versionIfReady: (_folder, state) => versionIfReady(state),
}

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
    kill: (name = 'SIGKILL') => endServer(runner, state, { name, grace: SERVICE.grace }),
    async restart() {
      await endServer(runner, state, { name: 'SIGTERM', grace: SERVICE.grace })
      state = await bringUpRabbit(folder, state)
    },
    ctl: (...args) => runner.ctl(folder, state, args),
  }
}

/**
 * Starts the node, records it before waiting, and waits until an AMQP connection and the management API answer. Throws a
 * UserError with the end of the log when it ends first, or after 180 s.
 */
export const bringUpRabbit = (folder: string, state: RabbitState, stop?: AbortSignal): Promise<RabbitState> =>
  bringUpServer(SERVICE, { folder, state, stop })

/** Ends the node and removes the lab's folder and data. */
export const removeRabbit = (folder: string, state: RabbitState): Promise<void> => removeServer(SERVICE, folder, state)
