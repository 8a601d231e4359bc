import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../../errors.js'
import { isThere } from '../is-there.js'
import { type Account, runProgram } from '../run-program.js'

/** Users to run the server as where we are root, which PostgreSQL refuses to run as; the first that is there. */
const USERS = ['postgres', 'nobody']
const LASTING = '/var/tmp'

/** Where the data goes, and whom the server runs as if not as we do. */
export type Quarters = { readonly data: string; readonly account?: Account }

/** The lab's own folder; for root, whose folders other users may not enter, a private one among the temporary files. */
export async function quartersOf(folder: string): Promise<Quarters> {
  if (process.getuid?.() !== 0) return { data: join(folder, 'data') }
  const account = await accountOf(USERS)
  const data = await mkdtemp(join((await isThere(LASTING)) ? LASTING : tmpdir(), 'spillway-postgres-'))
  await chmod(data, 0o700)
  return { data, account }
}

async function accountOf(users: readonly string[]): Promise<Account> {
  for (const user of users) {
    const [uid, gid] = await Promise.all(['-u', '-g'].map(flag => runProgram('id', [flag, user])))
    if (uid?.code === 0 && gid?.code === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new UserError('PostgreSQL does not run as root, and this machine has no other user for it', {
    code: 'lab-needs-postgres',
    hint: 'Run it as another user, or set SPILLWAY_POSTGRES_URL to a PostgreSQL that is there.',
  })
}
