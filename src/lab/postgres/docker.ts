import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.js'
import { type Ended, lastLines, runProgram } from '../run-program.js'
import { POSTGRES_DATABASE, POSTGRES_IMAGE, POSTGRES_USER } from './options.js'
import type { PostgresRunner } from './runner.js'
import type { PostgresState } from './state.js'

const PASSWORD = '/run/spillway-password'
const INSIDE = 5432

/** The server in a container of the image postgres, its port published on 127.0.0.1 alone. */
export const dockerRunner: PostgresRunner = {
  prepare: async (folder, _state, password) => writeFile(join(folder, 'password'), password, { mode: 0o600 }),
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
  async tail(_folder, { container = '' }) {
    return lastLines((await docker('logs', '--tail', '12', container)).output, 12)
  },
  async cleanUp({ container }) {
    if (container !== undefined) await docker('rm', '--force', '--volumes', container)
  },
}

/** Fetches the image, unless it is there. */
export async function prepareImage(say: (line: string) => void): Promise<void> {
  if ((await docker('image', 'inspect', POSTGRES_IMAGE)).code === 0) return
  say(`pulling ${POSTGRES_IMAGE}`)
  must(await docker('pull', '--quiet', POSTGRES_IMAGE), `Docker could not pull ${POSTGRES_IMAGE}`)
}

/** The arguments of `docker run`. Pure. The password comes by a file, which no list of processes shows. https://hub.docker.com/_/postgres */
export function runArguments(folder: string, state: PostgresState): string[] {
  const env = { POSTGRES_USER, POSTGRES_DB: POSTGRES_DATABASE, POSTGRES_PASSWORD_FILE: PASSWORD }
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const settings = Object.entries(state.options.config ?? {}).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return [
    ...['run', '--detach', '--name', containerOf(state), '--publish', `127.0.0.1:${state.port}:${INSIDE}`],
    ...['--volume', `${join(folder, 'password')}:${PASSWORD}:ro`, ...variables, POSTGRES_IMAGE, ...settings],
  ]
}

const docker = (...args: string[]): Promise<Ended> => runProgram('docker', args, { timeout: 600_000 })
const containerOf = ({ options }: PostgresState): string => `spillway-lab-postgres-${options.name}`

function must({ code, output }: Ended, message: string): void {
  if (code === 0) return
  throw new UserError(message, {
    code: 'lab-docker',
    hint: 'Docker’s own words follow. Without a Docker engine the lab uses a PostgreSQL of this machine.',
    details: lastLines(output, 5).map(line => ({ at: 'docker', message: line })),
  })
}
