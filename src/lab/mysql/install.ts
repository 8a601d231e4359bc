import { join } from 'node:path'
import { UserError } from '../../errors.js'
import type { MysqlPrograms } from '../database/state.js'
import { apt, findOrInstall, folderOf, foldersOnPath, ourRights, type Rights } from '../install.js'

// The server without a service and without a database of the system; what makes a database needs a tool of the client's package.
const PACKAGES = ['mariadb-server-core', 'mariadb-client-core']
// The last is what the second calls.
const PROGRAMS = ['mariadbd', 'mariadb-install-db', 'my_print_defaults']
const NAMES = PACKAGES.join(' and ')
const WANTED = { code: 'lab-needs-mysql', wanted: NAMES }

/** What decides where we look, and whether we may install packages. */
export type Machine = Rights & {
  /** Looked into beside PATH: Debian keeps servers off the PATH of users. */
  readonly folders: readonly string[]
}

const thisMachine = async (): Promise<Machine> => ({ ...(await ourRights()), folders: ['/usr/sbin', '/usr/bin'] })

/** The first `mariadbd` and `mariadb-install-db`, on PATH and where Debian has them; undefined where one is missing. */
export async function findMysql({ folders }: Pick<Machine, 'folders'>): Promise<MysqlPrograms | undefined> {
  const places = [...foldersOnPath(), ...folders]
  const [server, install, tool] = await Promise.all(PROGRAMS.map(name => folderOf([name], places)))
  if (server === undefined || install === undefined || tool === undefined) return undefined
  return { server: join(server, 'mariadbd'), install: join(install, 'mariadb-install-db') }
}

/**
 * Sees to it that a MariaDB server is on this machine and resolves with its programs. As root on Debian or Ubuntu it installs one, after saying so,
 * without a service of the system; elsewhere it throws a UserError.
 */
export async function ensureMysql(lockFile: string, say: (line: string) => void, on?: Machine): Promise<MysqlPrograms> {
  const machine = on ?? (await thisMachine())
  return findOrInstall(
    lockFile,
    () => findMysql(machine),
    () => install(machine, say),
  )
}

async function install(machine: Machine, say: (line: string) => void): Promise<MysqlPrograms> {
  if (!machine.root || !machine.debian) {
    throw new UserError('The lab needs a MariaDB server, or a running Docker engine', {
      code: WANTED.code,
      hint: 'Install MariaDB, or start Docker, or set SPILLWAY_MYSQL_URL to a MariaDB or MySQL that is there.',
    })
  }
  say(`installing ${NAMES} by apt-get, because this machine has no MariaDB`)
  await apt(['update'], WANTED)
  await apt(['install', '-y', '--no-install-recommends', ...PACKAGES], WANTED)
  const programs = await findMysql(machine)
  if (programs !== undefined) return programs
  throw new UserError(`apt-get installed ${NAMES}, but MariaDB is still not there`, {
    code: WANTED.code,
    hint: 'Install MariaDB by hand and put mariadbd and mariadb-install-db on PATH.',
  })
}
