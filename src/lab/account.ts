import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../errors.js'
import { isThere } from './is-there.js'
import { type Account, runProgram } from './run-program.js'

const LASTING = '/var/tmp'

/** Where the data goes, and whom the server runs as if not as we do. */
export type Quarters = { readonly data: string; readonly account?: Account }

/** A server that refuses to run as root. */
type Rootless = {
  /** For messages. */
  readonly title: string
  /** As in `SPILLWAY_POSTGRES_URL` and `lab-needs-postgres`. */
  readonly service: 'postgres' | 'mysql'
  /** Users to run it as where we are root; the first that is there. */
  readonly users: readonly string[]
}

/** The lab's own folder; for root, whose folders other users may not enter, a private one among the temporary files. */
export async function quartersOf(folder: string, server: Rootless): Promise<Quarters> {
  if (process.getuid?.() !== 0) return { data: join(folder, 'data') }
  const account = await accountOf(server)
  const data = await mkdtemp(join((await isThere(LASTING)) ? LASTING : tmpdir(), `spillway-${server.service}-`))
  await chmod(data, 0o700)
  return { data, account }
}

async function accountOf({ title, service, users }: Rootless): Promise<Account> {
  for (const user of users) {
    const [uid, gid] = await Promise.all(['-u', '-g'].map(flag => runProgram('id', [flag, user])))
    if (uid?.code === 0 && gid?.code === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new UserError(`${title} does not run as root, and this machine has no other user for it`, {
    code: `lab-needs-${service}`,
    hint: `Run it as another user, or set SPILLWAY_${service.toUpperCase()}_URL to a ${title} that is there.`,
  })
}
