import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { UserError } from '../../errors.js'
import { aptGet, installing } from '../apt.js'
import { isThere } from '../is-there.js'
import { withLock } from '../lock.js'
import { lastLines } from '../run-program.js'
import { withoutServices } from '../without-services.js'

/** Where Debian keeps the programs themselves; those on its PATH change to the user `rabbitmq` first. */
const DEBIAN_BIN = '/usr/lib/rabbitmq/bin'
const POLICY = '/usr/sbin/policy-rc.d'

/** What decides whether and how we may install packages. */
export type Machine = {
  readonly root: boolean
  readonly debian: boolean
  readonly policy: string
  readonly bin: string
}

const thisMachine = async (): Promise<Machine> => ({
  root: process.getuid?.() === 0,
  debian: await isThere('/etc/debian_version'),
  policy: POLICY,
  bin: DEBIAN_BIN,
})

/** The folder of `rabbitmq-server` and its tools: Debian's own, else the first on PATH; undefined where there is none. */
export async function findRabbit({ bin } = { bin: DEBIAN_BIN }): Promise<string | undefined> {
  const folders = [bin, ...(process.env.PATH ?? '').split(delimiter)]
  for (const folder of folders.filter(each => each !== '')) {
    const found = await access(join(folder, 'rabbitmq-server'), constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return folder
  }
  return undefined
}

/**
 * Sees to it that a RabbitMQ server is on this machine and resolves with the folder of its programs. As root on Debian or
 * Ubuntu it installs one, after saying so, without starting the system's service; elsewhere it throws a UserError.
 */
export async function ensureRabbit(lockFile: string, say: (line: string) => void, on?: Machine): Promise<string> {
  const machine = on ?? (await thisMachine())
  const there = await findRabbit(machine)
  if (there !== undefined) return there
  return withLock(lockFile, async () => {
    const made = await findRabbit(machine)
    return made ?? installing(() => install(machine, say))
  })
}

async function install(machine: Machine, say: (line: string) => void): Promise<string> {
  if (!machine.root || !machine.debian) {
    throw new UserError('The lab needs rabbitmq-server, or a running Docker engine', {
      code: 'lab-needs-rabbitmq',
      hint: 'Install rabbitmq-server, or start Docker, or set SPILLWAY_RABBITMQ_URL to a RabbitMQ that is there.',
    })
  }
  say('installing rabbitmq-server by apt-get, because this machine has none')
  await apt(['update'])
  await withoutServices(machine.policy, () => apt(['install', '-y', '--no-install-recommends', 'rabbitmq-server']))
  const folder = await findRabbit(machine)
  if (folder !== undefined) return folder
  throw new UserError('apt-get installed rabbitmq-server, but it is still not there', {
    code: 'lab-needs-rabbitmq',
    hint: 'Install RabbitMQ by hand and put rabbitmq-server on PATH.',
  })
}

async function apt(args: readonly string[]): Promise<void> {
  const { code, output } = await aptGet(args)
  if (code === 0) return
  throw new UserError(`apt-get ${args.join(' ')} failed`, {
    code: 'lab-needs-rabbitmq',
    hint: 'Install rabbitmq-server by hand, then run the same command again.',
    details: lastLines(output, 8).map(message => ({ at: 'apt-get', message })),
  })
}
