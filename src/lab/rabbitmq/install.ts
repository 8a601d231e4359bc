import { UserError } from '../../errors.js'
import { apt, findOrInstall, folderOf, foldersOnPath, ourRights, type Rights } from '../install.js'
import { withoutServices } from '../without-services.js'

/** Where Debian keeps the programs themselves; those on its PATH change to the user `rabbitmq` first. */
const DEBIAN_BIN = '/usr/lib/rabbitmq/bin'
const POLICY = '/usr/sbin/policy-rc.d'
const WANTED = { code: 'lab-needs-rabbitmq', wanted: 'rabbitmq-server' }

/** What decides whether and how we may install packages. */
export type Machine = Rights & { readonly policy: string; readonly bin: string }

const thisMachine = async (): Promise<Machine> => ({ ...(await ourRights()), policy: POLICY, bin: DEBIAN_BIN })

/** The folder of `rabbitmq-server` and its tools: Debian's own, else the first on PATH; undefined where there is none. */
export const findRabbit = ({ bin } = { bin: DEBIAN_BIN }): Promise<string | undefined> =>
  folderOf(['rabbitmq-server'], [bin, ...foldersOnPath()])

/**
 * Sees to it that a RabbitMQ server is on this machine and resolves with the folder of its programs. As root on Debian or
 * Ubuntu it installs one, after saying so, without starting the system's service; elsewhere it throws a UserError.
 */
export async function ensureRabbit(lockFile: string, say: (line: string) => void, on?: Machine): Promise<string> {
  const machine = on ?? (await thisMachine())
  return findOrInstall(
    lockFile,
    () => findRabbit(machine),
    () => install(machine, say),
  )
}

async function install(machine: Machine, say: (line: string) => void): Promise<string> {
  if (!machine.root || !machine.debian) {
    throw new UserError('The lab needs rabbitmq-server, or a running Docker engine', {
      code: WANTED.code,
      hint: 'Install rabbitmq-server, or start Docker, or set SPILLWAY_RABBITMQ_URL to a RabbitMQ that is there.',
    })
  }
  say('installing rabbitmq-server by apt-get, because this machine has none')
  await apt(['update'], WANTED)
  await withoutServices(machine.policy, () =>
    apt(['install', '-y', '--no-install-recommends', 'rabbitmq-server'], WANTED),
  )
  const folder = await findRabbit(machine)
  if (folder !== undefined) return folder
  throw new UserError('apt-get installed rabbitmq-server, but it is still not there', {
    code: WANTED.code,
    hint: 'Install RabbitMQ by hand and put rabbitmq-server on PATH.',
  })
}
