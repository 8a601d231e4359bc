import type { Attempt, Handler, Outcome } from '../../ports.js'
import { hardStop } from '../hard-stop.js'
import { milliseconds } from '../reason.js'
import { thrownOutcome } from '../verdict.js'
import { batchOutcomes } from './batch-outcomes.js'
import type { CallerOptions } from './caller.js'
import { Context } from './context.js'
import { HandledMessage } from './handled-message.js'
import type { UserModule } from './load.js'

type InHand = { readonly attempt: Attempt; readonly resolve: (outcome: Outcome) => void }
type BatchModule = UserModule & { form: 'batch' }

/** Calls `batch` with what came within `lingerMs`, at most `batchSize` together. */
export class BatchCaller implements Handler {
  readonly slots: number
  readonly #module: BatchModule
  readonly #options: CallerOptions
  readonly #running = new Set<(reason: string) => void>()
  readonly #watch = hardStop(() => this.#giveUp())
  #open: InHand[] = []
  #inHand = 0
  #linger: NodeJS.Timeout | undefined

  constructor(module: BatchModule, options: CallerOptions) {
    this.slots = options.slots
    this.#module = module
    this.#options = options
  }

  async start(): Promise<void> {}

  handle(attempt: Attempt, hard: AbortSignal): Promise<Outcome> {
    this.#watch(hard)
    return new Promise(resolve => {
      this.#inHand++
      const length = this.#open.push({ attempt, resolve })
      // Where every slot is taken, nobody else can come.
      if (length >= this.#module.batchSize || this.#inHand >= this.slots) this.#flush()
      else this.#linger ??= setTimeout(() => this.#flush(), this.#module.lingerMs)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#linger)
    await this.#module.close?.()
  }

  #flush(): void {
    clearTimeout(this.#linger)
    this.#linger = undefined
    const batch = this.#open
    this.#open = []
    if (batch.length > 0) void this.#run(batch)
  }

  async #run(batch: readonly InHand[]): Promise<void> {
    const outcomes = await this.#outcomes(batch.map(({ attempt }) => attempt))
    this.#inHand -= batch.length
    batch.forEach(({ resolve }, at) => {
      resolve(outcomes[at] ?? { kind: 'failed', reason: 'no outcome' })
    })
  }

  #outcomes(attempts: readonly Attempt[]): Promise<readonly Outcome[]> {
    const context = new Context(this.#options.log)
    context.renew(Math.max(...attempts.map(({ attempt }) => attempt)))
    const all = (outcome: Outcome): readonly Outcome[] => attempts.map(() => outcome)
    return new Promise(resolve => {
      let over = false
      const end = (outcomes: readonly Outcome[]) => {
        if (over) return this.#options.tell('late', 'A batch ended after it was given up; that is ignored.')
        over = true
        clearTimeout(deadline)
        this.#running.delete(abandon)
        resolve(outcomes)
      }
      const abandon = (reason: string) => {
        end(all({ kind: 'failed', reason }))
        context.abort(reason)
      }
      const limit = this.#options.timeoutMs
      const deadline = setTimeout(() => abandon(`no end within ${milliseconds(limit)}`), limit)
      this.#running.add(abandon)
      this.#call(attempts, context).then(
        returned => end(batchOutcomes(attempts, returned)),
        error => end(all(thrownOutcome(error))),
      )
    })
  }

  async #call(attempts: readonly Attempt[], context: Context): Promise<unknown> {
    return this.#module.call(
      attempts.map(attempt => new HandledMessage(attempt)),
      context,
    )
  }

  #giveUp(): void {
    for (const { resolve } of this.#open.splice(0)) resolve({ kind: 'failed', reason: 'given up' })
    for (const abandon of this.#running) abandon('given up')
  }
}
