import type { Attempt, Outcome } from '../../ports.js'
import { lineSplitter } from '../lines.js'
import type { Member, MemberHooks } from '../pool.js'
import { afterLastWords, isClosedPipe, ProcessGroup } from '../process-group.js'
import { asReason, endWords, milliseconds, Tail } from '../reason.js'
import { toWire } from '../wire.js'
import { parseAnswer } from './answer.js'

/** After its input has ended, a worker may finish for so long, in milliseconds. */
const GRACE_MS = 5_000

export type WorkerSpec = MemberHooks & {
  readonly command: string
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly concurrency: number
  readonly timeoutMs: number
  readonly output?: ((line: string) => void) | undefined
  readonly tell: (kind: string, line: string) => void
}

type InHand = { readonly answer: (outcome: Outcome) => void; readonly deadline: NodeJS.Timeout }

/** One process of `--worker` from its start to its end: NDJSON in, NDJSON out, answers in any order. */
export class WorkerProcess implements Member {
  readonly #spec: WorkerSpec
  readonly #group: ProcessGroup
  readonly #tail = new Tail()
  /** By id; two messages may share one (RabbitMQ, identical bodies), then the first answer is the first one's. */
  readonly #inHand = new Map<string, InHand[]>()
  readonly #late: (() => void)[] = []
  #count = 0
  #answered = 0
  #stray = ''
  #full = false
  #ending: 'by itself' | 'too slow' | 'closed' = 'by itself'
  #ended = false

  constructor(spec: WorkerSpec) {
    this.#spec = spec
    this.#group = new ProcessGroup({ ...spec, readOutput: true })
    this.#listen()
  }

  /** How many more messages it takes now. */
  get room(): number {
    return this.#ended || this.#full || this.#ending !== 'by itself' ? 0 : this.#spec.concurrency - this.#count
  }

  /** Answers so far. */
  get answered(): number {
    return this.#answered
  }

  /** Gives it one message; resolves with what became of it. */
  send(attempt: Attempt): Promise<Outcome> {
    const { id } = attempt.message
    return new Promise(answer => {
      const inHand = { answer, deadline: setTimeout(() => this.#tooSlow(id, inHand), this.#spec.timeoutMs) }
      const same = this.#inHand.get(id)
      if (same === undefined) this.#inHand.set(id, [inHand])
      else same.push(inHand)
      this.#count++
      this.#full = this.#group.child.stdin?.write(`${JSON.stringify(toWire(attempt))}\n`) === false
    })
  }

  /** Ends its input, waits five seconds for it to finish, then ends it. */
  async close(): Promise<void> {
    if (this.#ended) return
    this.#ending = 'closed'
    this.#group.child.stdin?.end()
    const impatience = setTimeout(() => this.#group.stop(), GRACE_MS)
    await this.#group.gone
    clearTimeout(impatience)
  }

  kill(): void {
    this.#ending = 'closed'
    this.#group.kill()
  }

  #listen(): void {
    const { child } = this.#group
    const toOutput = this.#spec.output === undefined ? undefined : lineSplitter(this.#spec.output)
    child.stdout?.on(
      'data',
      lineSplitter(
        line => this.#line(line),
        start => this.#endless(start),
      ),
    )
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#tail.add(chunk)
      toOutput?.(chunk)
    })
    child.stdin?.on('drain', () => {
      this.#full = false
      this.#spec.onRoom()
    })
    child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
      if (!isClosedPipe(error)) this.#tail.add(Buffer.from(`\nits standard input failed: ${error.message}`))
      // It closed its input but runs on: it will never answer.
      this.#group.stop()
    })
    child.once('error', error => this.#end(error.message))
    child.once('exit', (code, signal) => afterLastWords(child, () => this.#end(endWords(code, signal))))
  }

  #line(line: string): void {
    const answer = parseAnswer(line)
    const inHand = answer === undefined ? undefined : this.#inHand.get(answer.id)?.[0]
    if (answer !== undefined && inHand !== undefined) {
      this.#answered++
      this.#take(answer.id, inHand)
      inHand.answer(answer.outcome)
      this.#spec.onRoom()
    } else if (line.trim() !== '') this.#strayLine(line, answer === undefined ? 'is no answer' : 'answers no message')
  }

  #strayLine(line: string, what: string): void {
    this.#stray = ` (it wrote "${asReason(line, 120)}", which ${what})`
    const hint = 'Answers are lines {"id":…,"ok":true}; anything else belongs on standard error.'
    this.#spec.tell(what, `A worker wrote "${asReason(line, 120)}", which ${what}. ${hint}`)
  }

  #endless(start: string): void {
    this.#strayLine(start, 'does not end')
    this.#tail.add(Buffer.from('\nwrote a line of more than 1 MiB\n'))
    this.#group.kill()
  }

  #take(id: string, inHand: InHand): void {
    clearTimeout(inHand.deadline)
    const same = this.#inHand.get(id) ?? []
    if (same.length < 2) this.#inHand.delete(id)
    else same.splice(same.indexOf(inHand), 1)
    this.#count--
  }

  /** Its outcome waits for the end of the process, so that the next try does not run beside this one. */
  #tooSlow(id: string, inHand: InHand): void {
    this.#take(id, inHand)
    const reason = `no answer within ${milliseconds(this.#spec.timeoutMs)}${this.#stray}`
    this.#late.push(() => inHand.answer({ kind: 'failed', reason }))
    if (this.#ending === 'by itself') this.#ending = 'too slow'
    this.#group.stop()
  }

  #end(how: string): void {
    if (this.#ended) return
    this.#ended = true
    const last = this.#tail.lastLine
    const words = last === '' ? how : `${how}: ${last}`
    const died: Outcome = { kind: 'died', reason: `the worker ended with it in hand (${words})${this.#stray}` }
    for (const inHand of [...this.#inHand.values()].flat()) {
      clearTimeout(inHand.deadline)
      inHand.answer(died)
    }
    for (const answer of this.#late) answer()
    this.#inHand.clear()
    this.#spec.onEnd({ words, answered: this.#answered, blamed: this.#ending === 'by itself' })
  }
}
