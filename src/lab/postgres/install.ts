import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.js'
import { apt, findOrInstall, folderOf, foldersOnPath, ourRights, type Rights } from '../install.js'
import { withoutServices } from '../without-services.js'

const WANTED = { code: 'lab-needs-postgres', wanted: 'postgresql' }

/** What decides where we look, and whether and how we may install packages. */
export type Machine = Rights & {
  readonly policy: string
  /** Debian keeps each release in `VERSION/bin` below it, off the PATH. */
  readonly releases: string
  /** Debian's settings for new clusters. */
  readonly clusters: string
}

const thisMachine = async (): Promise<Machine> => ({
  ...(await ourRights()),
  policy: '/usr/sbin/policy-rc.d',
  releases: '/usr/lib/postgresql',
  clusters: '/etc/postgresql-common/createcluster.conf',
})

/** The folder of `postgres` and `initdb`: the first on PATH, else Debian's newest; undefined where there is none. */
export async function findPostgres({ releases }: Pick<Machine, 'releases'>): Promise<string | undefined> {
  const versions = (await readdir(releases).catch(() => [])).filter(name => /^\d/.test(name))
  const newest = versions.sort((a, b) => Number(b) - Number(a)).map(version => join(releases, version, 'bin'))
  return folderOf(['postgres', 'initdb'], [...foldersOnPath(), ...newest])
}

/**
 * Sees to it that a PostgreSQL server is on this machine and resolves with the folder of its programs. As root on Debian or
 * Ubuntu it installs one, after saying so, without a cluster or a service of the system; elsewhere it throws a UserError.
 */
export async function ensurePostgres(lockFile: string, say: (line: string) => void, on?: Machine): Promise<string> {
  const machine = on ?? (await thisMachine())
  return findOrInstall(
    lockFile,
    () => findPostgres(machine),
    () => install(machine, say),
  )
}

async function install(machine: Machine, say: (line: string) => void): Promise<string> {
  if (!machine.root || !machine.debian) {
    throw new UserError('The lab needs a PostgreSQL server, or a running Docker engine', {
      code: WANTED.code,
      hint: 'Install PostgreSQL, or start Docker, or set SPILLWAY_POSTGRES_URL to a PostgreSQL that is there.',
    })
  }
  say('installing postgresql by apt-get, because this machine has none')
  await apt(['update'], WANTED)
  await withoutServices(machine.policy, async () => {
    await apt(['install', '-y', '--no-install-recommends', 'postgresql-common'], WANTED)
    await withoutCluster(machine.clusters, () =>
      apt(['install', '-y', '--no-install-recommends', 'postgresql'], WANTED),
    )
  })
  const folder = await findPostgres(machine)
  if (folder !== undefined) return folder
  throw new UserError('apt-get installed postgresql, but it is still not there', {
    code: WANTED.code,
    hint: 'Install PostgreSQL by hand and put postgres and initdb on PATH.',
  })
}

/** Debian's package makes a cluster of the system and lets it start with the machine, unless this setting forbids it (pg_createcluster(8)). */
async function withoutCluster<T>(settings: string, work: () => Promise<T>): Promise<T> {
  const before = await readFile(settings, 'utf8')
  await writeFile(settings, `${before}\ncreate_main_cluster = false\n`)
  try {
    return await work()
  } finally {
    await writeFile(settings, before)
  }
}
