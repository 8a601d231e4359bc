import { parentPort, workerData } from 'node:worker_threads'
import { SpillwayError } from '../../../errors.js'
import { boundHeap } from '../../heap-bound.js'
import type { Outcome } from '../../ports.js'
import { boundedTell } from '../tell.js'
import { callerOf } from './caller.js'
import { type Cargo, unpack } from './cargo.js'
import { loadModule } from './load.js'

/** What a thread is started with. */
export type ThreadData = {
  readonly file: string
  readonly cwd: string
  readonly slots: number
  readonly timeoutMs: number
}

/** What a thread is told. */
export type ToThread = { readonly cargo: Cargo } | { readonly close: true }

/** What a thread says. */
export type FromThread =
  | { readonly ready: true }
  | { readonly closed: true }
  | { readonly unusable: { readonly message: string; readonly hint: string } }
  | { readonly answers: readonly (readonly [number: number, outcome: Outcome])[] }
  | { readonly log: string }

const say = (what: FromThread): void => parentPort?.postMessage(what)
const log = (text: string): void => say({ log: text })

/** Answers of one turn of the event loop go together. */
let answers: (readonly [number, Outcome])[] = []
function answer(number: number, outcome: Outcome): void {
  if (answers.push([number, outcome]) > 1) return
  setImmediate(() => {
    const all = answers
    answers = []
    say({ answers: all })
  })
}

/** Of each thread; a module that keeps more alive has twice that. */
const HEAP = 32 << 20

async function serve({ file, cwd, slots, timeoutMs }: ThreadData): Promise<void> {
  const module = await loadModule(file, cwd)
  const caller = callerOf(module, { slots, timeoutMs, log, tell: boundedTell(log) })
  const never = new AbortController().signal
  boundHeap(HEAP)
  parentPort?.on('message', async (told: ToThread) => {
    if ('close' in told) {
      await caller[Symbol.asyncDispose]()
      say({ closed: true })
      return
    }
    for (const { number, attempt } of unpack(told.cargo)) {
      const outcome = caller.handle(attempt, never)
      if (outcome instanceof Promise) outcome.then(each => answer(number, each))
      else answer(number, outcome)
    }
  })
  say({ ready: true })
}

serve(workerData as ThreadData).catch((error: unknown) => {
  if (!(error instanceof SpillwayError)) throw error
  say({ unusable: { message: error.message, hint: error.hint } })
})
