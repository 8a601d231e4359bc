import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseRunner } from '../database/runner.js'
import type { DatabaseState } from '../database/state.js'
import { fetchImage, inContainer, removeContainer, startContainer } from '../docker.js'
import { MYSQL_DATABASE } from './login.js'

/** On Docker Hub. */
const IMAGE = 'mariadb:10.11'
const PASSWORD = '/run/spillway-password'
const INSIDE = 3306
const INSTEAD = 'a MariaDB of this machine'

/** The server in a container of the image mariadb, its port published on 127.0.0.1 alone. */
export const dockerRunner: DatabaseRunner = {
  ...inContainer,
  prepare: async (folder, _state, password) => writeFile(join(folder, 'password'), password, { mode: 0o600 }),
  start: (folder, state) =>
    startContainer(containerOf(state), state, { run: runArguments(folder, state), instead: INSTEAD }),
  cleanUp: removeContainer,
}

/** Fetches the image, unless it is there. */
export const prepareImage = (say: (line: string) => void): Promise<void> => fetchImage(IMAGE, INSTEAD, say)

/** The arguments of `docker run`. Pure. The password comes by a file, which no list of processes shows. https://hub.docker.com/_/mariadb */
export function runArguments(folder: string, state: DatabaseState): string[] {
  const env = { MARIADB_DATABASE: MYSQL_DATABASE, MARIADB_ROOT_HOST: '%', MARIADB_ROOT_PASSWORD_FILE: PASSWORD }
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const settings = Object.entries(state.options.config ?? {}).map(([name, value]) => `--${name}=${value}`)
  return [
    ...['run', '--detach', '--name', containerOf(state), '--publish', `127.0.0.1:${state.port}:${INSIDE}`],
    ...['--volume', `${join(folder, 'password')}:${PASSWORD}:ro`, ...variables, IMAGE, ...settings],
  ]
}

const containerOf = ({ options }: DatabaseState): string => `spillway-lab-mysql-${options.name}`
