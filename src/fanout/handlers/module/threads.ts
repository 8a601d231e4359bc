import { RunError, type SpillwayError, UserError } from '../../../errors.js'
import type { Attempt, Handler, Outcome } from '../../ports.js'
import { baseEnvironment } from '../command-environment.js'
import type { HandlerOptions } from '../options.js'
import { Pool } from '../pool.js'
import { boundedTell } from '../tell.js'
import { ThreadMember } from './thread-member.js'

/** A module in several threads, for work that keeps a processor busy. */
export class ModuleThreads implements Handler {
  readonly slots: number
  readonly #pool: Pool
  #first: ThreadMember[] | undefined = []

  constructor(file: string, options: HandlerOptions) {
    const { workers, concurrency, timeoutMs, cwd, stderr, restartsMs } = options
    const spec = { file, cwd, timeoutMs, slots: concurrency, env: baseEnvironment(options.env) }
    this.slots = workers * concurrency
    this.#pool = new Pool({
      members: workers,
      slots: this.slots,
      restartsMs,
      name: 'A thread of the module',
      tell: boundedTell(stderr),
      begin: hooks => this.#begin(new ThreadMember({ ...spec, ...hooks, log: line => stderr?.(line) })),
      broken,
    })
  }

  /** Starts them all and waits until each has loaded the module. Throws UserError where it is none. */
  async start(): Promise<void> {
    await this.#pool.start()
    try {
      await Promise.all(this.#first?.map(({ ready }) => ready) ?? [])
      this.#first = undefined
    } catch (error) {
      this.#pool.kill()
      throw error
    }
  }

  handle(attempt: Attempt, hard: AbortSignal): Promise<Outcome> {
    return this.#pool.handle(attempt, hard)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]()
  }

  #begin(member: ThreadMember): ThreadMember {
    this.#first?.push(member)
    return member
  }
}

const broken = (words: string, works: boolean): SpillwayError => {
  const message = `The threads of the module die again and again: ${words}`
  const hint = 'Nothing that they had in hand is settled. Mend the module, then resume the run.'
  return works ? new RunError(message, { code: 'handler', hint }) : new UserError(message, { code: 'handler', hint })
}
