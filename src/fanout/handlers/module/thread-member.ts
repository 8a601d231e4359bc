import { Worker } from 'node:worker_threads'
import { UserError } from '../../../errors.js'
import type { Attempt, Outcome } from '../../ports.js'
import type { Member, MemberHooks } from '../pool.js'
import { milliseconds, thrownReason } from '../reason.js'
import { Sweep } from '../sweep.js'
import { type Numbered, pack } from './cargo.js'
import { lineStream } from './own-console.js'
import type { FromThread, ThreadData, ToThread } from './thread.js'

/** A thread ends its own slow calls; one that cannot even do that is blocked. Milliseconds. */
const BLOCKED_MS = 1_000
/** What `close` of a module may take, in milliseconds. */
const GRACE_MS = 5_000

/** Messages die young: more room for them only lets more of them lie around in each thread. What a module keeps is not bounded. */
const LIMITS = { maxYoungGenerationSizeMb: 12 }
const OWN = { stdout: true, stderr: true }

export type ThreadSpec = ThreadData &
  MemberHooks & { readonly env: NodeJS.ProcessEnv; readonly log: (line: string) => void }

type InHand = { readonly answer: (outcome: Outcome) => void; readonly since: number }

/** One worker thread with the user's module. */
export class ThreadMember implements Member {
  /** Resolves when the module is loaded there; rejects with UserError where it is none. */
  readonly ready: Promise<void>
  readonly #spec: ThreadSpec
  readonly #worker: Worker
  readonly #sweep: Sweep
  /** By number, in the order in which they were sent. */
  readonly #inHand = new Map<number, InHand>()
  #outgoing: Numbered[] = []
  #number = 0
  #answered = 0
  #words = ''
  #ending: 'by itself' | 'blocked' | 'closed' = 'by itself'
  #settleReady: { resolve: () => void; reject: (error: Error) => void } | undefined
  readonly #gone: Promise<void>

  constructor(spec: ThreadSpec) {
    const { file, cwd, slots, timeoutMs, env } = spec
    this.#spec = spec
    const workerData: ThreadData = { file, cwd, slots, timeoutMs }
    this.#worker = new Worker(new URL('./thread.js', import.meta.url), {
      workerData,
      env,
      resourceLimits: LIMITS,
      ...OWN,
    })
    this.#sweep = new Sweep(timeoutMs + BLOCKED_MS, () => this.#look())
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject }
    })
    // Only start() asks; a thread that is started again ends with what is wrong.
    this.ready.catch(() => undefined)
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) stream.pipe(lineStream(spec.log))
    this.#worker.on('message', (said: FromThread) => this.#hear(said))
    this.#worker.on('error', error => {
      this.#words = thrownReason(error)
    })
    this.#gone = new Promise(resolve => {
      this.#worker.once('exit', code => resolve(this.#end(code)))
    })
  }

  get room(): number {
    return this.#ending === 'by itself' ? this.#spec.slots - this.#inHand.size : 0
  }

  get answered(): number {
    return this.#answered
  }

  send(attempt: Attempt): Promise<Outcome> {
    return new Promise(answer => {
      const number = this.#number++
      this.#inHand.set(number, { answer, since: this.#sweep.now })
      // What comes in one turn of the event loop goes together.
      if (this.#outgoing.push({ number, attempt }) === 1) setImmediate(() => this.#flush())
    })
  }

  async close(): Promise<void> {
    this.#ending = 'closed'
    this.#tell({ close: true })
    const impatience = setTimeout(() => this.kill(), GRACE_MS)
    await this.#gone
    clearTimeout(impatience)
  }

  kill(): void {
    this.#ending = 'closed'
    void this.#worker.terminate()
  }

  #flush(): void {
    const cargo = pack(this.#outgoing)
    this.#outgoing = []
    this.#worker.postMessage({ cargo } satisfies ToThread, [cargo.bytes.buffer])
  }

  #tell(what: ToThread): void {
    this.#worker.postMessage(what)
  }

  #hear(said: FromThread): void {
    if ('answers' in said) this.#take(said.answers)
    else if ('log' in said) this.#spec.log(said.log)
    else if ('ready' in said) this.#settleReady?.resolve()
    else if ('closed' in said) void this.#worker.terminate()
    else {
      const { message, hint } = said.unusable
      this.#words = message
      this.#settleReady?.reject(new UserError(message, { code: 'handler', hint }))
    }
  }

  #take(answers: readonly (readonly [number: number, outcome: Outcome])[]): void {
    this.#answered += answers.length
    for (const [number, outcome] of answers) {
      const inHand = this.#inHand.get(number)
      this.#inHand.delete(number)
      inHand?.answer(outcome)
    }
    this.#spec.onRoom()
  }

  /** A thread whose event loop stands still: its oldest message failed, the others die with it. */
  #look(): void {
    if (this.#ending !== 'by itself') return
    for (const [number, { answer, since }] of this.#inHand) {
      if (!this.#sweep.isOver(since)) return
      this.#inHand.delete(number)
      this.#ending = 'blocked'
      void this.#worker.terminate()
      answer({ kind: 'failed', reason: `no end within ${milliseconds(this.#spec.timeoutMs)}: the thread is blocked` })
      return
    }
  }

  #end(code: number): void {
    this.#sweep.end()
    const words = this.#words || `exit code ${code}`
    this.#settleReady?.reject(new UserError(`The module ended its thread: ${words}`, { code: 'handler' }))
    const died: Outcome = { kind: 'died', reason: `the thread ended with it in hand (${words})` }
    for (const { answer } of this.#inHand.values()) answer(died)
    this.#inHand.clear()
    this.#spec.onEnd({ words, answered: this.#answered, blamed: this.#ending === 'by itself' })
  }
}
