import { Writable } from 'node:stream'
import { program } from '../../commands/program.js'
import { EXIT, RunError } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import { paintOf } from '../../present/color.js'
import { classify } from '../../present/error.js'

/** One step as the JSON document holds it. `result` is what the command printed, or what the stand-in did. */
export type StepResult = {
  readonly step: string
  readonly command: string
  readonly exitCode: number
  readonly seconds: number
  readonly result: unknown
}

/** What a step that is no verb has done: for people, and for JSON. */
export type Done<Result = unknown> = { readonly text: string; readonly result: Result }

/** How a command is run and shown: with which environment, which exit codes are as they should be, how many lines of what it prints. */
export type Showing = {
  readonly env: Io['env']
  readonly exits?: readonly number[]
  readonly lines?: number
}

/** Shows one step after another: a heading, the command as a user types it, and what it really printed. */
export class Stage {
  readonly steps: StepResult[] = []
  readonly io: Io
  readonly present: Presentation

  constructor(io: Io, present: Presentation) {
    this.io = io
    this.present = present
  }

  /** Runs one command line of spillway in this process. Throws what it throws, and RunError where it exits otherwise than 0. */
  verb(step: string, args: readonly string[], env: Io['env']): Promise<void> {
    return this.short(step, args, { env })
  }

  /** The same, of a command that may exit otherwise, or of whose output the first lines will do. */
  async short(step: string, args: readonly string[], { env, exits = [EXIT.complete], lines }: Showing): Promise<void> {
    const command = `spillway ${args.map(quoted).join(' ')}`
    this.#announce(step, command)
    const printed = this.#json || lines !== undefined ? collector() : undefined
    // Nobody is asked anything on the way: the whole rehearsal was agreed to by starting it.
    const io: Io = { ...this.io, env, interactive: false, out: printed?.stream ?? this.io.out, exitCode: EXIT.complete }
    const began = performance.now()
    const flags = [...(this.#json ? ['--output', 'json'] : []), ...(this.present.quiet ? ['--quiet'] : [])]
    const record = (exitCode: number) => {
      const text = printed?.text() ?? ''
      if (!this.#json && lines !== undefined) this.io.out.write(firstOf(text, lines))
      this.steps.push({ step, command, exitCode, seconds: since(began), result: this.#json ? parsed(text) : undefined })
    }
    try {
      await program(io, '').parseAsync([...args, ...flags], { from: 'user' })
    } catch (error) {
      record(classify(error, io.soft).exitCode)
      throw error
    }
    record(io.exitCode)
    this.io.soft.throwIfAborted()
    if (!exits.includes(io.exitCode)) throw failed(command, io.exitCode)
  }

  /** Does something that is no verb of spillway's own; `command` says in words what it is. */
  async own<Result>(step: string, command: string, work: () => Promise<Done<Result>>): Promise<Result> {
    this.#announce(step, command)
    const began = performance.now()
    const { text, result } = await work()
    if (!this.#json) this.io.out.write(text)
    this.steps.push({ step, command, exitCode: EXIT.complete, seconds: since(began), result })
    this.io.soft.throwIfAborted()
    return result
  }

  /** A remark between two steps; nothing in JSON. */
  say(text: string): void {
    if (!this.#json) this.io.out.write(text)
  }

  get #json(): boolean {
    return this.present.format === 'json'
  }

  #announce(step: string, command: string): void {
    const { strong } = paintOf(this.present)
    const stream = this.#json ? this.io.err : this.io.out
    if (this.#json && this.present.quiet) return
    stream.write(`\n${strong(`== ${this.steps.length + 1}. ${step}`)}\n$ ${command}\n${this.#json ? '' : '\n'}`)
  }
}

/** The first lines of what was printed, and that there are more. */
const firstOf = (text: string, lines: number): string => {
  const all = text.trimEnd().split('\n')
  return all.length <= lines ? text : `${all.slice(0, lines).join('\n')}\n…\n`
}

const parsed = (text?: string): unknown => (text ? JSON.parse(text) : undefined)

const since = (began: number): number => Math.round(performance.now() - began) / 1000

const failed = (command: string, exitCode: number): RunError =>
  new RunError(`\`${command}\` ended with exit code ${exitCode}; the rehearsal stops here`, {
    code: 'rehearsal-failed',
    hint: 'With --keep the broker and the run stay, to be looked at.',
  })

function collector() {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString() }
}

/** Quotes for a POSIX shell where it is needed. */
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
