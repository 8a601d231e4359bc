import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { connect as dial } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.js'
import { hasEnded, isRunning, markOf, type ProcessMark, signal } from '../process.js'
import { lastLines, runProgram } from '../run-program.js'
import { configText, pluginsText, rabbitConfig } from './config.js'
import { nodeEnvironment, toolEnvironment } from './environment.js'
import type { RabbitRunner } from './runner.js'
import type { RabbitState } from './state.js'

const GRACE = 5000
const LOG = 'broker.log'
const STARTED = '=== started by the lab'

/** The node as an Erlang VM of this machine, recognised by process id and start time, beside a port mapper of its own. */
export const machineRunner: RabbitRunner = {
  prepare,
  start,
  isUp: async ({ process: node }) => node !== undefined && isRunning(node),
  signal: async ({ process: node }, name) => node !== undefined && signal(node, name),
  hasEnded: async ({ process: node }, milliseconds) => node === undefined || hasEnded(node, milliseconds),
  ctl,
  tail: async folder => complaints(await readFile(join(folder, LOG), 'utf8')),
  async cleanUp({ epmd }) {
    if (epmd === undefined || !signal(epmd, 'SIGTERM')) return
    if (!(await hasEnded(epmd, GRACE))) signal(epmd, 'SIGKILL')
  },
}

async function prepare(folder: string, state: RabbitState): Promise<void> {
  await mkdir(join(folder, 'conf.d'), { recursive: true })
  const write = (name: string, text: string, mode = 0o644) => writeFile(join(folder, name), text, { mode })
  const plan = { options: state.options, ports: state.ports, tlsDir: join(folder, 'tls'), bind: '127.0.0.1' }
  await write('rabbitmq.conf', configText(rabbitConfig(plan)))
  await write('advanced.config', state.options.advanced ?? '[].\n')
  await write('enabled_plugins', pluginsText(state.options))
  await write('rabbitmq-env.conf', '')
  await write('.erlang.cookie', randomBytes(24).toString('base64url'), 0o400)
}

async function start(folder: string, state: RabbitState): Promise<Pick<RabbitState, 'process' | 'epmd'>> {
  await appendFile(join(folder, LOG), `${STARTED}\n`)
  const env = nodeEnvironment(folder, state, process.env)
  const running = state.epmd !== undefined && isRunning(state.epmd)
  const epmd = running ? state.epmd : await spawnEpmd(folder, state, env)
  return { epmd, process: await spawnDetached(folder, { program: programOf(state, 'rabbitmq-server'), args: [], env }) }
}

/** Resolves when the port mapper listens: a node that found none would start another, which nobody would end. */
async function spawnEpmd(folder: string, { ports }: RabbitState, env: NodeJS.ProcessEnv): Promise<ProcessMark> {
  const args = ['-port', String(ports.epmd), '-address', '127.0.0.1']
  const epmd = await spawnDetached(folder, { program: 'epmd', args, env })
  const end = Date.now() + GRACE
  while (isRunning(epmd) && Date.now() < end && !(await listens(ports.epmd))) await sleep(10)
  return epmd
}

const listens = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = dial({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

type Program = { readonly program: string; readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv }

/** Starts a process of its own that outlives us, its output appended to the log. */
async function spawnDetached(cwd: string, { program, args, env }: Program): Promise<ProcessMark> {
  const log = await open(join(cwd, LOG), 'a')
  try {
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', log.fd, log.fd] })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.unref()
    return markOf(child.pid ?? 0)
  } finally {
    await log.close()
  }
}

/** What the node said of its last start that went wrong: the first errors, which name the cause, without Erlang's reports of who died of it. */
export function complaints(log: string): string[] {
  const last = log.slice(log.lastIndexOf(STARTED))
  const errors = last.split('\n').flatMap(line => /\[(?:error|critical)\] <[\d.]+> ?(.*)$/.exec(line)?.[1] ?? [])
  const reports = errors.findIndex(line => /^(\s+(supervisor|crasher):|BOOT FAILED)/.test(line))
  const said = errors.slice(0, reports < 0 ? undefined : reports).filter(line => line.trim() !== '')
  return said.length > 0 ? said.slice(0, 8) : lastLines(last, 12)
}

async function ctl(folder: string, state: RabbitState, args: readonly string[]): Promise<string> {
  const program = programOf(state, 'rabbitmqctl')
  const env = toolEnvironment(folder, state, process.env)
  const { code, stdout, output } = await runProgram(program, ['--quiet', ...args], { env, timeout: 60_000 })
  if (code === 0) return stdout
  throw new UserError(`rabbitmqctl ${args.join(' ')} failed`, {
    code: 'lab-ctl',
    details: lastLines(output, 8).map(message => ({ at: 'rabbitmqctl', message })),
  })
}

const programOf = ({ programs }: RabbitState, name: string): string => join(programs?.bin ?? '', name)
