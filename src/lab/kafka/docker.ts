import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { docker, fetchImage, inContainer, mustDocker, removeContainer, startContainer } from '../docker.js'
import { nodeFolder, scramUsers } from './java-node.js'
import { propertiesText, serverProperties } from './properties.js'
import type { Runner } from './runner.js'
import type { LabState, NodeState } from './state.js'

const MOUNT = '/lab'
const BIN = '/opt/kafka/bin'
const INSTEAD = 'Java instead'

/** Fetches the image apache/kafka of this release, unless it is there, and makes the lab's network. */
export async function prepareEngine(state: LabState, say: (line: string) => void): Promise<void> {
  await fetchImage(imageOf(state), INSTEAD, say)
  const made = await docker('network', 'create', networkOf(state))
  mustDocker(made, 'Docker could not make a network for the lab', INSTEAD)
}

/** Brokers in containers of the image apache/kafka, a network a lab, client ports published on 127.0.0.1 alone. */
export const dockerRunner: Runner = {
  ...inContainer,
  async prepare(folder, state, node) {
    const own = nodeFolder(folder, node.id)
    await mkdir(own, { recursive: true })
    const tlsDir = `${MOUNT}/tls`
    const plan = {
      options: state.options,
      node,
      nodes: state.nodes,
      logDir: '/tmp/kafka-data',
      tlsDir,
      bind: '0.0.0.0',
    }
    const properties = serverProperties({ ...plan, hostOf: id => containerOf(state, id) })
    await writeFile(join(own, 'server.properties'), propertiesText(properties))
  },
  start: (folder, state, node) =>
    startContainer(containerOf(state, node.id), node, { run: runArguments(folder, state, node), instead: INSTEAD }),
  async cleanUp(state) {
    for (const node of state.nodes) await removeContainer(node)
    await docker('network', 'rm', networkOf(state))
  },
}

/** The arguments of `docker run` for one broker: format its storage once, then become the broker. Pure. */
export function runArguments(folder: string, state: LabState, node: NodeState): string[] {
  const name = containerOf(state, node.id)
  const properties = `${MOUNT}/node-${node.id}/server.properties`
  const users = scramUsers(state.options).map(argument => (argument.startsWith('--') ? argument : `'${argument}'`))
  const format = [`${BIN}/kafka-storage.sh format --ignore-formatted -t ${state.clusterId} -c ${properties}`, ...users]
  const script = `${format.join(' ')} && exec ${BIN}/kafka-server-start.sh ${properties}`
  const ports = [node.client, node.internal].flatMap(port => ['--publish', `127.0.0.1:${port}:${port}`])
  const place = ['--network', networkOf(state), '--hostname', name, '--volume', `${folder}:${MOUNT}:ro`]
  const heap = ['--env', `KAFKA_HEAP_OPTS=-Xmx${state.options.heap ?? '512m'}`]
  return [
    'run',
    '--detach',
    '--name',
    name,
    ...place,
    ...ports,
    ...heap,
    '--entrypoint',
    '/bin/sh',
    imageOf(state),
    '-c',
    script,
  ]
}

const imageOf = (state: LabState): string => `apache/kafka:${state.release}`
const networkOf = (state: LabState): string => `spillway-lab-${state.options.name}`
const containerOf = (state: LabState, id: number): string => `spillway-lab-${state.options.name}-${id}`
