import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { KafkaSettings } from '../../brokers/kafka/settings.js'
import { defined } from '../../core/defined.js'
import { UserError } from '../../errors.js'
import { endServer } from '../end.js'
import type { KafkaLab } from './options.js'
import { USERS } from './options.js'
import { untilReady } from './ready.js'
import type { Runner } from './runner.js'
import { type LabState, type NodeState, writeState } from './state.js'

const GRACE = 30_000

/** The lab in hand: what its state says, and the means to stop and start its nodes. */
export async function kafkaLab(folder: string, first: LabState, runner: Runner): Promise<KafkaLab> {
  let state = first
  const find = (id: number): NodeState => {
    const node = state.nodes.find(each => each.id === id)
    if (node === undefined) throw new UserError(`The lab ${state.options.name} has no node ${id}`)
    return node
  }
  return {
    name: state.options.name,
    source: state.source,
    brokers: addresses(state),
    url: `kafka://${addresses(state).join(',')}`,
    version: state.release,
    get nodes() {
      return state.nodes.map(node => ({ id: node.id, port: node.client, pid: node.process?.pid ?? 0 }))
    },
    settings: await settingsOf(folder, state),
    ...defined({ caFile: caFileOf(folder, state) }),
    libs: state.libs,
    dataDir: folder,
    stop: () => removeLab(folder, state, runner),
    stopNode: (id, name = 'SIGTERM') => endServer(runner, find(id), { name, grace: GRACE }),
    async startNode(id) {
      state = await bringUp(folder, state, { runner, ids: [id] })
    },
  }
}

/** host:port of each broker, in the order of their ids. */
export const addresses = (state: LabState): string[] => state.nodes.map(node => `127.0.0.1:${node.client}`)

/** How a client of the lab logs in as the super user, where it must. */
export const loginOf = ({ options: { sasl: mechanism } }: LabState) =>
  mechanism && ({ mechanism, username: 'admin', password: USERS.admin } as const)

/** Where the CA of a lab with TLS is. */
export const caFileOf = (folder: string, { options }: LabState): string | undefined =>
  options.tls ? join(folder, 'tls', 'ca.pem') : undefined

async function settingsOf(folder: string, state: LabState): Promise<KafkaSettings> {
  const caFile = caFileOf(folder, state)
  const tls = caFile === undefined ? undefined : { ca: await readFile(caFile, 'utf8') }
  return { brokers: addresses(state), ...defined({ tls, sasl: loginOf(state) }) }
}

/** Starts the named nodes at once, records them before waiting, and waits until each is ready. */
export async function bringUp(
  folder: string,
  state: LabState,
  { runner, ids, stop }: { runner: Runner; ids: readonly number[]; stop?: AbortSignal },
): Promise<LabState> {
  const start = async (node: NodeState): Promise<NodeState> => ({
    ...node,
    ...(await runner.start(folder, state, node)),
  })
  const nodes = await Promise.all(state.nodes.map(node => (ids.includes(node.id) ? start(node) : node)))
  const started = { ...state, nodes }
  await writeState(folder, started)
  const wanted = nodes.filter(node => ids.includes(node.id))
  await Promise.all(wanted.map(node => untilReady(runner, { folder, state: started, node, ...(stop ? { stop } : {}) })))
  return started
}

/** Ends every broker at once (their data goes too, so nothing is gained by asking) and removes the lab's folder. */
export async function removeLab(folder: string, state: LabState, runner: Runner): Promise<void> {
  await Promise.all(state.nodes.map(node => endServer(runner, node, { name: 'SIGKILL', grace: GRACE })))
  await runner.cleanUp(state)
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
}
