import { spawn } from 'node:child_process'
import { chown, mkdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { vi } from 'vitest'
import { quartersOf } from '../../src/lab/account.js'
import { freePorts } from '../../src/lab/ports.js'
import { ensurePostgres } from '../../src/lab/postgres/install.js'
import { runProgram } from '../../src/lab/run-program.js'
import { query } from './postgres-lab.js'

export type Standby = { readonly url: string; kill(): Promise<void> }

/** Runs `work` with a hot standby that streams from a primary; it is gone afterwards. */
export async function withStandby<T>(
  primary: { readonly url: string },
  work: (standby: Standby) => Promise<T>,
): Promise<T> {
  const found = await ensurePostgres(join(tmpdir(), 'standby-install.lock'), () => undefined)
  // The server may be linked from elsewhere; what copies it lies beside it.
  const bin = dirname(await realpath(join(found, 'postgres')))
  const title = { title: 'PostgreSQL', service: 'postgres', users: ['postgres', 'nobody'] } as const
  const { data, account } = await quartersOf(join(tmpdir(), `standby-${process.pid}`), title)
  await mkdir(data, { recursive: true })
  if (account !== undefined) await chown(data, account.uid, account.gid)
  const cluster = join(data, 'standby')
  const how = { cwd: data, ...(account === undefined ? {} : { account }) }
  const copied = await runProgram(
    join(bin, 'pg_basebackup'),
    ['--dbname', primary.url, '--pgdata', cluster, '--write-recovery-conf', '--checkpoint=fast', '--no-sync'],
    { ...how, timeout: 60_000 },
  )
  if (copied.code !== 0) throw new Error(copied.output)
  const [port = 0] = await freePorts(1)
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'logging_collector=off']
  const server = spawn(join(bin, 'postgres'), ['-D', cluster, ...settings.flatMap(each => ['-c', each])], {
    ...{ cwd: data, stdio: 'ignore' as const },
    ...account,
  })
  const ended = new Promise<void>(resolve => server.once('exit', () => resolve()))
  const url = Object.assign(new URL(primary.url), { port: String(port) }).href
  const kill = async () => {
    server.kill('SIGINT')
    await ended
  }
  try {
    await vi.waitFor(() => query(url, 'SELECT 1'), { timeout: 60_000 })
    return await work({ url, kill })
  } finally {
    await kill()
    await rm(data, { recursive: true, force: true })
  }
}
