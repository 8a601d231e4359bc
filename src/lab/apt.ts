import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { withLock } from './lock.js'
import { type Ended, runProgram } from './run-program.js'

const OPTIONS = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeout: 600_000 }
/** What apt-get says while another one is at work: on the package lists it does not wait by itself. */
const BUSY = /Could not get lock|Unable to (lock|acquire)/
const PATIENCE_MS = 300_000
const POLL_MS = 1000

/** Does a whole installation, update and install, while no other process of ours does one: an update changes what the others read. */
export const installing = <T>(work: () => Promise<T>): Promise<T> => withLock(join(tmpdir(), 'spillway-apt.lock'), work)

/** Runs apt-get, again and again while somebody else's holds its locks, for five minutes at most. */
export async function aptGet(args: readonly string[]): Promise<Ended> {
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(POLL_MS)) {
    const ended = await runProgram('apt-get', args, OPTIONS)
    if (ended.code === 0 || !BUSY.test(ended.output) || Date.now() > until) return ended
  }
}
