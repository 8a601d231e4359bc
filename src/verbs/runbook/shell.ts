import { fileURLToPath } from 'node:url'
import { shellWord } from '../../core/command-words.js'
import { homeFolder } from '../../core/home.js'
import { Stopped, UserError } from '../../errors.js'
import type { Io } from '../../io.js'
import { codeOf } from '../../journal/system-error.js'
import type { Value } from '../../runbook/command-text.js'
import type { Ended } from '../../runbook/judge.js'
import type { CommandText } from '../../runbook/runbook.js'
import type { passwordsIn } from './password.js'

const BIN = fileURLToPath(new URL('../../../bin/spillway.js', import.meta.url))

/** Takes what a command prints, as it comes. */
export type Sinks = { readonly out: (text: string) => void; readonly err: (text: string) => void }

/** Runs commands of a runbook. */
export type Shell = {
  /** Runs one to its end; a signal to this process is passed on, and the command ends as it sees fit. */
  readonly run: (command: CommandText, values: ReadonlyMap<string, Value>, sinks: Sinks) => Promise<Ended>
  /** How a word is quoted. */
  readonly quote: (word: string) => string
}

/** What `spillway` needs within a runbook besides its environment. */
type Reached = { readonly config: string | undefined; readonly passwords: ReturnType<typeof passwordsIn> }

/**
 * Opens bash by way of zx, which quotes the values (https://google.github.io/zx/quotes). `spillway` is this very program there, with the
 * same home and settings. Throws a UserError where there is no bash.
 */
export async function openShell(io: Io, { config, passwords }: Reached): Promise<Shell> {
  const { $, quote, which } = await import('zx/core')
  const bash = which.sync('bash', { nothrow: true })
  if (bash === null)
    throw new UserError('Runbooks need bash, and there is none', { hint: 'Install it, or put it on PATH.' })
  const zx = $({
    shell: bash,
    quote,
    prefix: `set -euo pipefail; ${spillwayFunction(config)} `,
    env: { ...told(io, passwords), ...io.env, SPILLWAY_HOME: homeFolder(io.env) },
    stdio: ['ignore', 'pipe', 'pipe'],
    quiet: true,
    verbose: false,
    nothrow: true,
    // A process group of its own: Ctrl-C reaches it once, from here, and not from the terminal as well.
    detached: true,
  })
  const run: Shell['run'] = async ({ pieces, names }, values, sinks) => {
    io.soft.throwIfAborted()
    const child = zx(
      Object.assign([...pieces], { raw: pieces }),
      ...names.map(name => values.get(name) ?? `\${${name}}`),
    )
    child.stdout.setEncoding('utf8').on('data', sinks.out)
    child.stderr.setEncoding('utf8').on('data', sinks.err)
    using _passing = passSignals(child.pid, io)
    const { exitCode, stdout, signal } = await child
    return { exitCode: exitCode ?? (signal === 'SIGTERM' ? 143 : 130), stdout }
  }
  return { run, quote }
}

function told({ secrets }: Io, passwords: Reached['passwords']): Reached['passwords'] {
  for (const password of Object.values(passwords)) secrets?.add(password)
  return passwords
}

/** `spillway` as a function of the shell, and of the shells that it starts. */
const spillwayFunction = (config: string | undefined): string => {
  const settings = config === undefined ? '' : ` --config ${shellWord(config)}`
  return `spillway() { ${shellWord(process.execPath)} ${shellWord(BIN)}${settings} "$@"; }; export -f spillway;`
}

function passSignals(pid: number | undefined, { soft, hard }: Io): Disposable {
  const pass = () => {
    const by = soft.reason instanceof Stopped && soft.reason.exitCode === 143 ? 'SIGTERM' : 'SIGINT'
    if (pid !== undefined) signalGroup(pid, by)
  }
  soft.addEventListener('abort', pass)
  hard.addEventListener('abort', pass)
  return {
    [Symbol.dispose]() {
      soft.removeEventListener('abort', pass)
      hard.removeEventListener('abort', pass)
    },
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}
