import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseRunner } from '../database/runner.js'
import type { DatabaseState } from '../database/state.js'
import { fetchImage, inContainer, removeContainer, startContainer } from '../docker.js'
import { POSTGRES_DATABASE, POSTGRES_USER } from './login.js'

/** On Docker Hub. */
const IMAGE = 'postgres:17'
const PASSWORD = '/run/spillway-password'
const INSIDE = 5432
const INSTEAD = 'a PostgreSQL of this machine'

/** The server in a container of the image postgres, its port published on 127.0.0.1 alone. */
export const dockerRunner: DatabaseRunner = {
  ...inContainer,
  prepare: async (folder, _state, password) => writeFile(join(folder, 'password'), password, { mode: 0o600 }),
  start: (folder, state) =>
    startContainer(containerOf(state), state, { run: runArguments(folder, state), instead: INSTEAD }),
  cleanUp: removeContainer,
}

/** Fetches the image, unless it is there. */
export const prepareImage = (say: (line: string) => void): Promise<void> => fetchImage(IMAGE, INSTEAD, say)

/** The arguments of `docker run`. Pure. The password comes by a file, which no list of processes shows. https://hub.docker.com/_/postgres */
export function runArguments(folder: string, state: DatabaseState): string[] {
  const env = { POSTGRES_USER, POSTGRES_DB: POSTGRES_DATABASE, POSTGRES_PASSWORD_FILE: PASSWORD }
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const settings = Object.entries(state.options.config ?? {}).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return [
    ...['run', '--detach', '--name', containerOf(state), '--publish', `127.0.0.1:${state.port}:${INSIDE}`],
    ...['--volume', `${join(folder, 'password')}:${PASSWORD}:ro`, ...variables, IMAGE, ...settings],
  ]
}

const containerOf = ({ options }: DatabaseState): string => `spillway-lab-postgres-${options.name}`
