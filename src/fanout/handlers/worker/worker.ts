import { RunError, type SpillwayError, UserError } from '../../../errors.js'
import type { Attempt, Handler, Outcome } from '../../ports.js'
import { baseEnvironment } from '../command-environment.js'
import type { HandlerOptions } from '../options.js'
import { Pool } from '../pool.js'
import { boundedTell } from '../tell.js'
import { WorkerProcess } from './worker-process.js'

/** A worker that dies within so many milliseconds of the start cannot run at all. */
const FIRST_LOOK_MS = 300

/** `--worker CMD`: processes that stay, each with messages in flight. */
export class WorkerHandler implements Handler {
  readonly slots: number
  readonly #command: string
  readonly #pool: Pool

  constructor(command: string, options: HandlerOptions) {
    const { workers, concurrency, env, restartsMs, stderr } = options
    const tell = boundedTell(stderr)
    const spec = { ...options, command, env: baseEnvironment(env), tell }
    this.#command = command
    this.slots = workers * concurrency
    this.#pool = new Pool({
      members: workers,
      slots: this.slots,
      restartsMs,
      name: 'A worker',
      tell,
      begin: hooks => new WorkerProcess({ ...spec, ...hooks }),
      broken: (words, works) => this.#broken(words, works),
    })
  }

  /** Starts them all. Throws UserError where one dies at once. */
  async start(): Promise<void> {
    await this.#pool.start()
    const end = Date.now() + FIRST_LOOK_MS
    while (this.#pool.missing === undefined && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 10))
    const words = this.#pool.missing
    if (words === undefined) return
    this.#pool.kill()
    throw this.#broken(words, false)
  }

  handle(attempt: Attempt, hard: AbortSignal): Promise<Outcome> {
    return this.#pool.handle(attempt, hard)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]()
  }

  #broken(words: string, works: boolean): SpillwayError {
    if (works)
      return new RunError(`The workers die again and again: ${words}`, {
        code: 'handler',
        hint: 'Nothing that they had in hand is settled. Mend the worker, then resume the run.',
      })
    return new UserError(`The command of --worker does not stay: ${words}`, {
      code: 'handler',
      hint: `Try it by hand: \`${this.#command}\` must start, and read lines from its standard input until that ends.`,
    })
  }
}
