import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.js'
import { type Ended, lastLines, runProgram } from '../run-program.js'
import { configText, pluginsText, rabbitConfig } from './config.js'
import { RABBITMQ_IMAGE } from './options.js'
import type { RabbitRunner } from './runner.js'
import type { RabbitState } from './state.js'

const ETC = '/etc/rabbitmq'

/** The node in a container of the image rabbitmq, its client and management ports published on 127.0.0.1 alone. */
export const dockerRunner: RabbitRunner = {
  prepare,
  async start(folder, state) {
    const container = containerOf(state)
    // A stopped container still holds its data, so it is started again; only the first time is one made.
    const started = state.container === undefined ? docker(...runArguments(folder, state)) : docker('start', container)
    must(await started, `Docker could not start ${container}`)
    return { container }
  },
  async isUp({ container }) {
    if (container === undefined) return false
    const { code, stdout } = await docker('inspect', '--format', '{{.State.Running}}', container)
    return code === 0 && stdout.trim() === 'true'
  },
  async signal(state, name) {
    if (state.container === undefined || !(await dockerRunner.isUp(state))) return false
    return (await docker('kill', '--signal', name.replace('SIG', ''), state.container)).code === 0
  },
  async hasEnded(state, milliseconds) {
    const end = Date.now() + milliseconds
    while (await dockerRunner.isUp(state)) {
      if (Date.now() > end) return false
      await sleep(100)
    }
    return true
  },
  async ctl(_folder, state, args) {
    const ended = await docker('exec', containerOf(state), 'rabbitmqctl', '--quiet', ...args)
    must(ended, `rabbitmqctl ${args.join(' ')} failed`)
    return ended.stdout
  },
  async tail(_folder, { container = '' }) {
    return lastLines((await docker('logs', '--tail', '12', container)).output, 12)
  },
  async cleanUp({ container }) {
    if (container !== undefined) await docker('rm', '--force', '--volumes', container)
  },
}

/** Fetches the image, unless it is there. */
export async function prepareImage(say: (line: string) => void): Promise<void> {
  if ((await docker('image', 'inspect', RABBITMQ_IMAGE)).code === 0) return
  say(`pulling ${RABBITMQ_IMAGE}`)
  must(await docker('pull', '--quiet', RABBITMQ_IMAGE), `Docker could not pull ${RABBITMQ_IMAGE}`)
}

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

const docker = (...args: string[]): Promise<Ended> => runProgram('docker', args, { timeout: 600_000 })
const containerOf = ({ options }: RabbitState): string => `spillway-lab-rabbitmq-${options.name}`

function must({ code, output }: Ended, message: string): void {
  if (code === 0) return
  throw new UserError(message, {
    code: 'lab-docker',
    hint: 'Docker’s own words follow. Without a Docker engine the lab uses a rabbitmq-server of this machine.',
    details: lastLines(output, 5).map(line => ({ at: 'docker', message: line })),
  })
}
