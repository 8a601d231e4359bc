import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { docker, fetchImage, inContainer, mustDocker, removeContainer, startContainer } from '../docker.js'
import { configText, pluginsText, rabbitConfig } from './config.js'
import { RABBITMQ_IMAGE } from './options.js'
import type { RabbitRunner } from './runner.js'
import type { RabbitState } from './state.js'

const ETC = '/etc/rabbitmq'
const INSTEAD = 'a rabbitmq-server of this machine'

/** The node in a container of the image rabbitmq, its client and management ports published on 127.0.0.1 alone. */
export const dockerRunner: RabbitRunner = {
  ...inContainer,
  prepare,
  start: (folder, state) =>
    startContainer(containerOf(state), state, { run: runArguments(folder, state), instead: INSTEAD }),
  async ctl(_folder, state, args) {
    const ended = await docker('exec', containerOf(state), 'rabbitmqctl', '--quiet', ...args)
    mustDocker(ended, `rabbitmqctl ${args.join(' ')} failed`, INSTEAD)
    return ended.stdout
  },
  cleanUp: removeContainer,
}

/** Fetches the image, unless it is there. */
export const prepareImage = (say: (line: string) => void): Promise<void> => fetchImage(RABBITMQ_IMAGE, INSTEAD, say)

/** The arguments of `docker run` for the node. Pure. The fixed host name keeps the node's name, and so its data. */
export function runArguments(folder: string, state: RabbitState): string[] {
  const name = containerOf(state)
  const ports = [state.ports.amqp, state.ports.management].flatMap(port => ['--publish', `127.0.0.1:${port}:${port}`])
  const mounts = [
    [join(folder, 'rabbitmq.conf'), `${ETC}/conf.d/90-lab.conf`],
    [join(folder, 'advanced.config'), `${ETC}/advanced.config`],
    [join(folder, 'enabled_plugins'), `${ETC}/enabled_plugins`],
    ...(state.options.tls ? [[join(folder, 'tls'), `${ETC}/tls`]] : []),
  ].flatMap(([from, to]) => ['--volume', `${from}:${to}:ro`])
  const erlang = ['--env', 'RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=+S 2:2']
  return ['run', '--detach', '--name', name, '--hostname', name, ...ports, ...mounts, ...erlang, RABBITMQ_IMAGE]
}

async function prepare(folder: string, { options, ports }: RabbitState): Promise<void> {
  await mkdir(folder, { recursive: true })
  // The server of the image is another user.
  await chmod(folder, 0o755)
  const plan = { options, ports, tlsDir: `${ETC}/tls`, bind: '0.0.0.0' }
  await writeFile(join(folder, 'rabbitmq.conf'), configText(rabbitConfig(plan)))
  await writeFile(join(folder, 'advanced.config'), options.advanced ?? '[].\n')
  await writeFile(join(folder, 'enabled_plugins'), pluginsText(options))
}

const containerOf = ({ options }: RabbitState): string => `spillway-lab-rabbitmq-${options.name}`
