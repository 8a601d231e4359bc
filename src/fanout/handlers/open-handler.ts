import type { HandlerPlan } from '../../core/fanout-plan.js'
import { Bug } from '../../errors.js'
import type { Attempt, Handler, Outcome } from '../ports.js'
import type { HandlerOptions } from './options.js'

/** The handler of a plan. Its code is loaded by `start`, which throws UserError where it cannot run at all. */
export const openHandler = (plan: HandlerPlan, options: HandlerOptions): Handler => new LazyHandler(plan, options)

class LazyHandler implements Handler {
  readonly slots: number
  readonly #plan: HandlerPlan
  readonly #options: HandlerOptions
  #inner: Handler | undefined

  constructor(plan: HandlerPlan, options: HandlerOptions) {
    this.#plan = plan
    this.#options = options
    this.slots = plan.kind === 'exec' ? options.workers : options.workers * options.concurrency
  }

  async start(): Promise<void> {
    this.#inner = await load(this.#plan, this.#options)
    await this.#inner.start()
  }

  handle(attempt: Attempt, hard: AbortSignal): Outcome | Promise<Outcome> {
    if (this.#inner === undefined) throw new Bug('a handler was used before it was started')
    return this.#inner.handle(attempt, hard)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner?.[Symbol.asyncDispose]()
  }
}

async function load(plan: HandlerPlan, options: HandlerOptions): Promise<Handler> {
  switch (plan.kind) {
    case 'exec':
      return new (await import('./exec/exec.js')).ExecHandler(plan.command, options)
    case 'worker':
      return new (await import('./worker/worker.js')).WorkerHandler(plan.command, options)
    case 'module':
      return (await import('./module/open-module.js')).openModule(plan.file, options)
    case 'http':
      return new (await import('./http/http.js')).HttpHandler(plan.url, options)
    case 'to':
      return new (await import('./to.js')).ToHandler(options)
  }
}
