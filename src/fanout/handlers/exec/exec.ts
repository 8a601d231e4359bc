import { UserError } from '../../../errors.js'
import type { Attempt, Handler, Outcome } from '../../ports.js'
import { DONE } from '../../ports.js'
import { baseEnvironment, commandEnvironment } from '../command-environment.js'
import { hardStop } from '../hard-stop.js'
import type { HandlerOptions } from '../options.js'
import type { ProcessGroup } from '../process-group.js'
import { endWords, milliseconds } from '../reason.js'
import { type CommandEnd, runCommand } from './run-command.js'

/** EX_TEMPFAIL of sysexits(3): try again later, without counting. */
const LATER_CODE = 75
/** What a shell says of a command that is not executable, or not there (POSIX, 2.8.2). */
const CANNOT_RUN: readonly (number | null)[] = [126, 127]
/** What spawn(2) says when this machine has no room for one more process. */
const NO_ROOM = ['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE']
const NO_ROOM_MS = 1_000

/** `--exec CMD`: a process a message. */
export class ExecHandler implements Handler {
  readonly slots: number
  readonly #command: string
  readonly #options: HandlerOptions
  readonly #base: NodeJS.ProcessEnv
  readonly #running = new Set<ProcessGroup>()
  readonly #watch = hardStop(() => this.#killAll())
  /** Some command of this run got as far as an exit code of its own. */
  #proven = false

  constructor(command: string, options: HandlerOptions) {
    this.#command = command
    this.#options = options
    this.#base = baseEnvironment(options.env)
    this.slots = options.workers
  }

  async start(): Promise<void> {}

  async handle(attempt: Attempt, hard: AbortSignal): Promise<Outcome> {
    this.#watch(hard)
    try {
      return this.#judge(await this.#run(attempt))
    } catch (error) {
      return this.#notStarted(error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#killAll()
  }

  #run(attempt: Attempt): Promise<CommandEnd> {
    const { cwd, timeoutMs, output } = this.#options
    return runCommand({
      command: this.#command,
      env: commandEnvironment(this.#base, attempt),
      input: attempt.message.value,
      running: this.#running,
      cwd,
      timeoutMs,
      output,
    })
  }

  #judge({ code, signal, timedOut, lastLine }: CommandEnd): Outcome {
    if (timedOut) return failed(`no end within ${milliseconds(this.#options.timeoutMs)}`)
    if (CANNOT_RUN.includes(code) && !this.#proven) throw this.#cannotRun(code, lastLine)
    this.#proven = true
    if (code === 0) return DONE
    const reason = lastLine || endWords(code, signal)
    return code === LATER_CODE ? { kind: 'later', reason } : failed(reason)
  }

  #cannotRun(code: number | null, lastLine: string): UserError {
    return new UserError(`The command of --exec cannot run: ${lastLine || endWords(code, null)}`, {
      code: 'handler',
      hint: `\`sh -c\` ended with ${code} at the first message. Give a command that this machine has; a file needs its path and must be executable. Nothing was parked.`,
    })
  }

  #notStarted(error: unknown): Outcome {
    const { code, message } = error as NodeJS.ErrnoException
    if (error instanceof UserError || code === undefined) throw error
    if (code === 'E2BIG')
      return { kind: 'refused', reason: 'key and headers do not fit into the environment of a command (E2BIG)' }
    if (NO_ROOM.includes(code))
      return { kind: 'later', reason: `no room for another process (${code})`, afterMs: NO_ROOM_MS }
    throw new UserError(`The command of --exec cannot be started: ${message}`, {
      code: 'handler',
      hint: `Look whether the folder ${this.#options.cwd} is there, and /bin/sh.`,
      cause: error,
    })
  }

  #killAll(): void {
    for (const group of this.#running) group.kill()
  }
}

const failed = (reason: string): Outcome => ({ kind: 'failed', reason })
