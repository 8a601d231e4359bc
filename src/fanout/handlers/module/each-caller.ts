import { type Attempt, DONE, type Handler, type Outcome } from '../../ports.js'
import { hardStop } from '../hard-stop.js'
import { milliseconds } from '../reason.js'
import { Sweep } from '../sweep.js'
import { thrownOutcome } from '../verdict.js'
import type { CallerOptions } from './caller.js'
import { Context } from './context.js'
import { HandledMessage } from './handled-message.js'
import type { UserModule } from './load.js'

/** Calls the default export once a message. Calls are used again, so that a message costs little more than the module's own promise. */
export class EachCaller implements Handler {
  readonly slots: number
  readonly #module: UserModule & { form: 'each' }
  readonly #options: CallerOptions
  readonly #free: Call[] = []
  readonly #busy = new Set<Call>()
  readonly #sweep: Sweep
  readonly #watch = hardStop(() => this.#giveUp())

  constructor(module: UserModule & { form: 'each' }, options: CallerOptions) {
    this.slots = options.slots
    this.#module = module
    this.#options = options
    this.#sweep = new Sweep(options.timeoutMs, () => this.#look())
  }

  async start(): Promise<void> {}

  handle(attempt: Attempt, hard: AbortSignal): Outcome | Promise<Outcome> {
    this.#watch(hard)
    const call = this.#free.pop() ?? new Call(this.#options, this.#release)
    call.context.renew(attempt.attempt)
    try {
      const returned = this.#module.call(new HandledMessage(attempt), call.context)
      if (isThenable(returned)) {
        this.#busy.add(call)
        return call.wait(attempt, returned, this.#sweep.now)
      }
    } catch (error) {
      this.#free.push(call)
      return thrownOutcome(error)
    }
    this.#free.push(call)
    return DONE
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sweep.end()
    await this.#module.close?.()
  }

  readonly #release = (call: Call): void => {
    this.#busy.delete(call)
    this.#free.push(call)
  }

  #look(): void {
    const reason = `no end within ${milliseconds(this.#options.timeoutMs)}`
    for (const call of this.#busy) {
      // They began in this order: behind one that has time left come only such.
      if (!this.#sweep.isOver(call.since)) return
      this.#abandon(call, reason)
    }
  }

  #giveUp(): void {
    for (const call of this.#busy) this.#abandon(call, 'given up')
  }

  #abandon(call: Call, reason: string): void {
    this.#busy.delete(call)
    call.abandon(reason)
  }
}

/** One place for a call; used again and again, but never after its call was abandoned. */
class Call {
  since = 0
  readonly context: Context
  readonly #tell: CallerOptions['tell']
  readonly #release: (call: Call) => void
  #id: string | undefined
  #attempt: Attempt | undefined
  #returned: PromiseLike<unknown> | undefined
  #resolve: ((outcome: Outcome) => void) | undefined

  constructor({ log, tell }: CallerOptions, release: (call: Call) => void) {
    this.context = new Context(log)
    this.#tell = tell
    this.#release = release
  }

  wait(attempt: Attempt, returned: PromiseLike<unknown>, now: number): Promise<Outcome> {
    this.since = now
    this.#attempt = attempt
    this.#returned = returned
    return new Promise(this.#begin)
  }

  /** Its outcome is a failure now; what it brings later is ignored. */
  abandon(reason: string): void {
    this.#id = this.#attempt?.message.id
    this.#attempt = undefined
    this.#resolve?.({ kind: 'failed', reason })
    this.#resolve = undefined
    this.context.abort(reason)
  }

  // Bound once a call, not once a message.
  readonly #begin = (resolve: (outcome: Outcome) => void): void => {
    this.#resolve = resolve
    this.#returned?.then(this.#done, this.#failed)
    this.#returned = undefined
  }
  readonly #done = (): void => this.#finish(DONE)
  readonly #failed = (error: unknown): void => this.#finish(thrownOutcome(error))

  #finish(outcome: Outcome): void {
    const resolve = this.#resolve
    if (resolve === undefined) {
      this.#tell('late', `The call for message ${this.#id} ended after it was given up; that is ignored.`)
      return
    }
    this.#resolve = undefined
    this.#attempt = undefined
    this.#release(this)
    resolve(outcome)
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
