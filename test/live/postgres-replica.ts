import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import type { DatabaseLab } from '../../src/lab/database/options.js'
import { readDatabase } from '../../src/lab/database/state.js'
import { freePorts } from '../../src/lab/ports.js'
import { POSTGRES } from '../../src/lab/postgres/postgres.js'
import { type Account, runProgram } from '../../src/lab/run-program.js'
import { query } from './postgres-lab.js'

/** Runs `work` with a replica of a PostgreSQL of this machine, which is gone afterwards. */
export async function withReplica<T>(lab: DatabaseLab, work: (url: string) => Promise<T>): Promise<T> {
  const { bin = '', account } = (await readDatabase(POSTGRES, dirname(dirname(lab.folder)), lab.name)) ?? {}
  // What is on PATH may be a link to one program alone.
  const program = await realpath(join(bin, 'postgres'))
  const folder = await mkdtemp(join(tmpdir(), 'pg-replica-'))
  if (account !== undefined) await chown(folder, account.uid, account.gid)
  await chmod(folder, 0o700)
  const data = join(folder, 'data')
  const how = { cwd: folder, timeout: 60_000, ...(account === undefined ? {} : { account }) }
  const copied = await runProgram(
    join(dirname(program), 'pg_basebackup'),
    ['-D', data, '-R', '-c', 'fast', '--no-sync', '-d', lab.url],
    how,
  )
  expect(copied.code, copied.output).toBe(0)
  const [port = 0] = await freePorts(1)
  const server = start(program, { data, port, account })
  const url = lab.url.replace(`:${lab.port}/`, `:${port}/`)
  try {
    const isReplica = () => query(url, 'SELECT pg_is_in_recovery() AS yes').catch(() => [])
    await expect.poll(isReplica, { timeout: 30_000, interval: 100 }).toEqual([{ yes: true }])
    return await work(url)
  } finally {
    server.kill('SIGQUIT')
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
    await rm(folder, { recursive: true, force: true })
  }
}

type Start = { readonly data: string; readonly port: number; readonly account: Account | undefined }

function start(program: string, { data, port, account }: Start): ChildProcess {
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    max_prepared_transactions: '9',
  }
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  return spawn(program, args, { cwd: data, stdio: 'ignore', env: { LC_ALL: 'C' }, ...account })
}
