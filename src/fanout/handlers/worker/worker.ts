import { RunError, UserError } from '../../../errors.js'
import type { Attempt, Handler, Outcome } from '../../ports.js'
import { baseEnvironment } from '../command-environment.js'
import { hardStop } from '../hard-stop.js'
import type { HandlerOptions } from '../options.js'
import { Restarts } from '../restarts.js'
import { boundedTell } from '../tell.js'
import { type WorkerEnd, WorkerProcess } from './worker-process.js'

/** A worker that dies within so many milliseconds of the start cannot run at all. */
const FIRST_LOOK_MS = 300

type Seat = { process: WorkerProcess | undefined; readonly restarts: Restarts; pause?: NodeJS.Timeout }
type Waiting = {
  readonly attempt: Attempt
  readonly resolve: (outcome: Outcome | Promise<Outcome>) => void
  readonly reject: (error: Error) => void
}

/** `--worker CMD`: processes that stay, each with messages in flight. */
export class WorkerHandler implements Handler {
  readonly slots: number
  readonly #command: string
  readonly #options: HandlerOptions
  readonly #seats: Seat[]
  readonly #tell: (kind: string, line: string) => void
  readonly #watch = hardStop(() => this.#killAll())
  /** Messages for which no process has room now: one is being started, or its input is full. */
  readonly #waiting: Waiting[] = []
  #everAnswered = false
  #lastWords = ''
  #closing = false
  #broken: UserError | RunError | undefined

  constructor(command: string, options: HandlerOptions) {
    this.#command = command
    this.#options = options
    this.slots = options.workers * options.concurrency
    this.#tell = boundedTell(options.stderr)
    this.#seats = Array.from({ length: options.workers }, () => ({
      process: undefined,
      restarts: new Restarts(options.restartsMs),
    }))
  }

  /** Starts them all. Throws UserError where one dies at once. */
  async start(): Promise<void> {
    for (const seat of this.#seats) this.#seat(seat)
    const end = Date.now() + FIRST_LOOK_MS
    while (this.#seats.every(seat => seat.process !== undefined) && Date.now() < end) await pause()
    if (this.#seats.every(seat => seat.process !== undefined)) return
    await this[Symbol.asyncDispose]()
    throw this.#broken ?? this.#cannotRun(this.#lastWords)
  }

  handle(attempt: Attempt, hard: AbortSignal): Promise<Outcome> {
    this.#watch(hard)
    if (this.#broken !== undefined) return Promise.reject(this.#broken)
    if (this.#closing) return Promise.resolve(GIVEN_UP)
    const process = this.#roomiest()
    if (process !== undefined) return process.send(attempt)
    return new Promise((resolve, reject) => this.#waiting.push({ attempt, resolve, reject }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true
    for (const { pause } of this.#seats) clearTimeout(pause)
    await Promise.all(this.#seats.map(({ process }) => process?.close()))
  }

  #roomiest(): WorkerProcess | undefined {
    let best: WorkerProcess | undefined
    for (const { process } of this.#seats) if ((process?.room ?? 0) > (best?.room ?? 0)) best = process
    return best
  }

  #serve(): void {
    for (let process = this.#roomiest(); process !== undefined; process = this.#roomiest()) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      next.resolve(process.send(next.attempt))
    }
  }

  #seat(seat: Seat): void {
    const { cwd, concurrency, timeoutMs, output, env } = this.#options
    const onEnd = (end: WorkerEnd) => this.#ended(seat, end)
    const spec = { command: this.#command, env: baseEnvironment(env), cwd, concurrency, timeoutMs, output }
    try {
      seat.process = new WorkerProcess({ ...spec, tell: this.#tell, onRoom: () => this.#serve(), onEnd })
    } catch (error) {
      const { message } = error as Error
      this.#ended(seat, { words: message, answered: 0, blamed: true })
    }
    this.#serve()
  }

  #ended(seat: Seat, { words, answered, blamed }: WorkerEnd): void {
    seat.process = undefined
    this.#lastWords = words
    this.#everAnswered ||= answered > 0
    if (this.#closing) return
    const wait = blamed ? seat.restarts.next(answered > 0) : 0
    if (wait === undefined) this.#breakDown(words)
    else {
      if (blamed) this.#tell('end', `A worker ended (${words}); it is started again.`)
      seat.pause = setTimeout(() => this.#seat(seat), wait)
    }
  }

  #breakDown(words: string): void {
    const works = this.#everAnswered || this.#seats.some(({ process }) => (process?.answered ?? 0) > 0)
    this.#broken ??= works
      ? new RunError(`The workers die again and again: ${words}`, { code: 'handler', hint: RESUME_HINT })
      : this.#cannotRun(words)
    for (const { reject } of this.#waiting.splice(0)) reject(this.#broken)
  }

  #cannotRun(words: string): UserError {
    const hint = `Try it by hand: \`${this.#command} < /dev/null\` must start, and wait for lines on its standard input until that ends.`
    return new UserError(`The command of --worker does not stay: ${words}`, { code: 'handler', hint })
  }

  #killAll(): void {
    this.#closing = true
    for (const { process, pause } of this.#seats) {
      clearTimeout(pause)
      process?.kill()
    }
    for (const { resolve } of this.#waiting.splice(0)) resolve(GIVEN_UP)
  }
}

const GIVEN_UP: Outcome = { kind: 'died', reason: 'given up' }
const RESUME_HINT = 'Nothing that they had in hand is settled. Mend the worker, then resume the run.'
const pause = () => new Promise(resolve => setTimeout(resolve, 10))
