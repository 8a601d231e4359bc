import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect as dial } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { aptGet, installing } from '../../src/lab/apt.js'
import { freePorts } from '../../src/lab/ports.js'
import { runProgram } from '../../src/lab/run-program.js'
import { withoutServices } from '../../src/lab/without-services.js'

/** A Redis of a test file's own: every write is on disk before it is answered. */
export type Redis = {
  readonly url: string
  /** Ends it (default SIGTERM), starts it over its data. */
  restart(signal?: NodeJS.Signals): Promise<void>
  stop(): Promise<void>
}

/** Starts one, after apt-get installed it where it is missing (as root on Debian; no service of the system starts). */
export async function startRedis(): Promise<Redis> {
  await ensureRedis()
  const folder = await mkdtemp(join(tmpdir(), 'redis-'))
  const [port = 0] = await freePorts(1)
  let server = await launch(folder, port)
  return {
    url: `redis://127.0.0.1:${port}`,
    async restart(signal = 'SIGTERM') {
      await end(server, signal)
      server = await launch(folder, port)
    },
    async stop() {
      await end(server, 'SIGKILL')
      await rm(folder, { recursive: true })
    },
  }
}

async function ensureRedis(): Promise<void> {
  if (await isThere()) return
  await installing(async () => {
    if (await isThere()) return
    process.stderr.write('installing redis-server by apt-get\n')
    await aptGet(['update'])
    const install = ['install', '-y', '--no-install-recommends', 'redis-server']
    const { code, output } = await withoutServices('/usr/sbin/policy-rc.d', () => aptGet(install))
    if (code !== 0) throw new Error(`apt-get could not install redis-server: ${output.slice(-500)}`)
  })
}

const isThere = async () => (await runProgram('redis-server', ['--version'])).code === 0

async function launch(folder: string, port: number): Promise<ChildProcess> {
  const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always']
  const place = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder]
  const child = spawn('redis-server', [...place, ...durable], { stdio: 'ignore' })
  for (const until = Date.now() + 20_000; !(await answers(port)); await sleep(20)) {
    if (child.exitCode !== null || Date.now() > until) throw new Error('redis-server did not start')
  }
  return child
}

/** PING over a raw connection: while it loads its data it answers -LOADING. */
const answers = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = dial({ host: '127.0.0.1', port })
    const done = (yes: boolean) => {
      socket.destroy()
      resolve(yes)
    }
    socket.once('error', () => done(false)).once('connect', () => socket.write('PING\r\n'))
    socket.once('data', data => done(data.toString().startsWith('+PONG')))
  })

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.kill(signal)
  await gone
}
