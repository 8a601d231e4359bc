import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.js'
import { type Ended, lastLines, runProgram } from '../run-program.js'
import { nodeFolder, scramUsers } from './java-node.js'
import { propertiesText, serverProperties } from './properties.js'
import type { Runner } from './runner.js'
import type { LabState, NodeState } from './state.js'

const MOUNT = '/lab'
const BIN = '/opt/kafka/bin'

/** Whether a Docker engine answers; a client alone is not enough. */
export async function isEngineRunning(): Promise<boolean> {
  const { code } = await runProgram('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 5000 })
  return code === 0
}

/** Fetches the image apache/kafka of this release, unless it is there, and makes the lab's network. */
export async function prepareEngine(state: LabState, say: (line: string) => void): Promise<void> {
  const image = imageOf(state)
  if ((await docker('image', 'inspect', image)).code !== 0) {
    say(`pulling ${image}`)
    must(await docker('pull', '--quiet', image), `Docker could not pull ${image}`)
  }
  must(await docker('network', 'create', networkOf(state)), 'Docker could not make a network for the lab')
}

/** Brokers in containers of the image apache/kafka, a network a lab, client ports published on 127.0.0.1 alone. */
export const dockerRunner: Runner = {
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
  async start(folder, state, node) {
    const container = containerOf(state, node.id)
    // A stopped container still holds its data, so it is started again; only the first time is one made.
    const started =
      node.container === undefined ? docker(...runArguments(folder, state, node)) : docker('start', container)
    must(await started, `Docker could not start ${container}`)
    return { container }
  },
  async isUp({ container }) {
    if (container === undefined) return false
    const { code, stdout } = await docker('inspect', '--format', '{{.State.Running}}', container)
    return code === 0 && stdout.trim() === 'true'
  },
  async signal(node, name) {
    if (node.container === undefined || !(await dockerRunner.isUp(node))) return false
    return (await docker('kill', '--signal', name.replace('SIG', ''), node.container)).code === 0
  },
  async hasEnded(node, milliseconds) {
    const end = Date.now() + milliseconds
    while (await dockerRunner.isUp(node)) {
      if (Date.now() > end) return false
      await sleep(100)
    }
    return true
  },
  async tail(_folder, { container = '' }) {
    return lastLines((await docker('logs', '--tail', '12', container)).output, 12)
  },
  async cleanUp(state) {
    for (const { container } of state.nodes)
      if (container !== undefined) await docker('rm', '--force', '--volumes', container)
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

const docker = (...args: string[]): Promise<Ended> => runProgram('docker', args, { timeout: 600_000 })
const imageOf = (state: LabState): string => `apache/kafka:${state.release}`
const networkOf = (state: LabState): string => `spillway-lab-${state.options.name}`
const containerOf = (state: LabState, id: number): string => `spillway-lab-${state.options.name}-${id}`

function must({ code, output }: Ended, message: string): void {
  if (code === 0) return
  throw new UserError(message, {
    code: 'lab-docker',
    hint: 'Docker’s own words follow. Without a Docker engine the lab uses Java instead.',
    details: lastLines(output, 5).map(line => ({ at: 'docker', message: line })),
  })
}
