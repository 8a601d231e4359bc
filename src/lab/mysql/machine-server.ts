import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.js'
import type { DatabaseRunner } from '../database/runner.js'
import type { DatabaseState } from '../database/state.js'
import { ownProcess, spawnOwn } from '../own-process.js'
import { lastLines, runProgram } from '../run-program.js'
import { MYSQL_DATABASE, MYSQL_USER } from './login.js'

const LOG = 'mysql.log'

/** The server as a process of this machine, recognised by process id and start time, over a private data folder. */
export const machineRunner: DatabaseRunner = {
  ...ownProcess(LOG),
  prepare,
  async start(folder, state) {
    const { programs, data, account } = state
    const how = { args: serverArguments(state), cwd: data, env: process.env, account }
    return { process: await spawnOwn(join(folder, LOG), { program: programs?.server ?? '', ...how }) }
  },
}

/** Makes the data folder: files of the server's user alone, root by password from 127.0.0.1. */
async function prepare(_folder: string, state: DatabaseState, password: string): Promise<void> {
  const { data = '', account, programs } = state
  const own = async (path: string, mode: number) => {
    await chmod(path, mode)
    if (account !== undefined) await chown(path, account.uid, account.gid)
  }
  await mkdir(data, { recursive: true })
  await own(data, 0o700)
  const args = [
    '--no-defaults',
    `--datadir=${filesOf(state)}`,
    '--skip-test-db',
    '--auth-root-authentication-method=socket',
  ]
  const options = { cwd: data, timeout: 60_000, ...(account === undefined ? {} : { account }) }
  const { code, output } = await runProgram(programs?.install ?? '', args, options)
  if (code !== 0)
    throw new UserError('mariadb-install-db could not make the database of the lab', {
      code: 'lab-start',
      hint: 'The end of what it said follows.',
      details: lastLines(output, 6).map(message => ({ at: 'mariadb-install-db', message })),
    })
  await rm(firstWords(state), { force: true })
  await writeFile(firstWords(state), loginSql(password), { mode: 0o600 })
  await own(firstWords(state), 0o600)
}

const filesOf = ({ data = '' }: DatabaseState): string => join(data, 'files')

/** What the server runs each time that it starts: https://mariadb.com/kb/en/server-system-variables/#init_file */
const firstWords = ({ data = '' }: DatabaseState): string => join(data, 'login.sql')

/** The lab's user and its database, one statement a line. The password has no quotes in it. Pure. */
const loginSql = (password: string): string => {
  const user = `'${MYSQL_USER}'@'127.0.0.1'`
  return [
    `CREATE USER IF NOT EXISTS ${user} IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO ${user} WITH GRANT OPTION;`,
    `CREATE DATABASE IF NOT EXISTS ${MYSQL_DATABASE} CHARACTER SET utf8mb4;`,
    '',
  ].join('\n')
}

/** Settings as arguments: 127.0.0.1 alone, its socket in the data folder, the log on standard error. Pure. */
export function serverArguments(state: DatabaseState): string[] {
  const { data = '', port, options } = state
  const settings = {
    datadir: filesOf(state),
    bind_address: '127.0.0.1',
    port: String(port),
    socket: join(data, 'mysql.sock'),
    pid_file: join(data, 'mysql.pid'),
    init_file: firstWords(state),
    skip_name_resolve: '1',
    innodb_buffer_pool_size: '64M',
    character_set_server: 'utf8mb4',
    ...options.config,
  }
  return ['--no-defaults', ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)]
}
