import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.js'
import type { DatabaseRunner } from '../database/runner.js'
import type { DatabaseState } from '../database/state.js'
import { isThere } from '../is-there.js'
import { ownProcess, spawnOwn } from '../own-process.js'
import { type Ended, lastLines, runProgram } from '../run-program.js'
import { POSTGRES_USER } from './login.js'

const LOG = 'postgres.log'

/** The server as a process of this machine, recognised by process id and start time, over a private data folder. */
export const machineRunner: DatabaseRunner = {
  ...ownProcess(LOG),
  prepare,
  async start(folder, state) {
    await disown(state)
    const { bin = '', data, account } = state
    const how = { args: serverArguments(state), cwd: data, env: ownEnvironment(process.env), account }
    return { process: await spawnOwn(join(folder, LOG), { program: join(bin, 'postgres'), ...how }) }
  },
}

/** Makes the cluster: files of the server's user alone, logins by SCRAM-SHA-256, UTF-8, the same order on every machine. */
async function prepare(_folder: string, state: DatabaseState, password: string): Promise<void> {
  const { data = '', account } = state
  await mkdir(data, { recursive: true })
  await chmod(data, 0o700)
  if (account !== undefined) await chown(data, account.uid, account.gid)
  // initdb wants an empty folder, and reads the password as the server's user.
  const file = join(data, 'password')
  await writeFile(file, `${password}\n`, { mode: 0o600 })
  if (account !== undefined) await chown(file, account.uid, account.gid)
  const login = ['--username', POSTGRES_USER, '--auth', 'scram-sha-256', '--pwfile', file]
  const shape = ['--encoding', 'UTF8', '--locale', 'C', '--no-sync', '--no-instructions']
  const ended = await run(state, 'initdb', ['--pgdata', clusterOf(state), ...login, ...shape])
  await rm(file)
  must(ended)
}

const clusterOf = ({ data = '' }: DatabaseState): string => join(data, 'cluster')

/** Settings as arguments: 127.0.0.1 alone, no Unix socket, the log on standard error. Pure. */
export function serverArguments(state: DatabaseState): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(state.port),
    unix_socket_directories: '',
    logging_collector: 'off',
    log_destination: 'stderr',
    ...state.options.config,
  }
  return ['-D', clusterOf(state), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/**
 * A server that was killed leaves its lock file, whose process id may be taken for a live one: a zombie's, where nobody reaps, or
 * another process's. Only who has seen it dead may call this. Our own id there makes the new server, our child, take the file for
 * an old one, and still look whether children of the dead one use the shared memory (CreateLockFile in miscinit.c).
 */
async function disown(state: DatabaseState): Promise<void> {
  const file = join(clusterOf(state), 'postmaster.pid')
  if (!(await isThere(file))) return
  const [, ...rest] = (await readFile(file, 'utf8')).split('\n')
  await writeFile(file, [process.pid, ...rest].join('\n'))
}

/** Without PGDATA, PGPORT and the like, which mean another server; messages in English. */
const ownEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, name.startsWith('PG') ? undefined : value])),
  LC_ALL: 'C',
})

const run = ({ bin = '', data = '', account }: DatabaseState, program: string, args: string[]): Promise<Ended> =>
  runProgram(join(bin, program), args, {
    cwd: data,
    env: ownEnvironment(process.env),
    timeout: 60_000,
    ...(account === undefined ? {} : { account }),
  })

function must({ code, output }: Ended): void {
  if (code === 0) return
  throw new UserError('initdb could not make the database of the lab', {
    code: 'lab-start',
    hint: 'The end of what it said follows.',
    details: lastLines(output, 6).map(message => ({ at: 'initdb', message })),
  })
}
