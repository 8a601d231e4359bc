import { maskAddress } from '../../core/address.js'
import type { Io, Presentation } from '../../io.js'
import { paintOf } from '../../present/color.js'
import type { ChainStep } from '../../runbook/chain.js'
import { headingOf, indented } from '../../runbook/chain-text.js'
import type { Verdict } from '../../runbook/judge.js'
import type { Sinks } from './shell.js'

/** Says what happens: on standard output, or with JSON on standard error. */
export class Stage {
  readonly #io: Io
  readonly #present: Presentation
  #waitingFor = ''

  constructor(io: Io, present: Presentation) {
    this.#io = io
    this.#present = present
  }

  /** The step that is next, with its prose. */
  heading(step: ChainStep): void {
    const { strong } = paintOf(this.#present)
    const prose = step.prose === '' ? '' : `${indented(step.prose).join('\n')}\n`
    this.say(`\n${strong(`== ${headingOf(step)}`)}\n${prose}`)
  }

  /** A command that is about to run. */
  command(text: string): void {
    this.say(`$ ${text}\n`)
  }

  /** A gate that is about to be looked at. */
  gate(text: string): void {
    this.#waitingFor = ''
    this.say(`gate: $ ${text}\n`)
  }

  /** What holds and what does not. */
  verdicts(verdicts: readonly Verdict[]): void {
    const { good, bad } = paintOf(this.#present)
    for (const { condition, holds, seen } of verdicts)
      this.say(holds ? `  ${good('ok')} ${condition}\n` : `  ${bad('NO')} ${condition}: ${seen}\n`)
  }

  /** What a gate still waits for; said again where it changes. */
  waiting(failing: readonly Verdict[]): void {
    const text = failing.map(({ condition, seen }) => `${condition}: ${seen}`).join(', ')
    if (text !== this.#waitingFor && !this.#present.quiet) this.#io.err.write(maskAddress(`waiting: ${text}\n`))
    this.#waitingFor = text
  }

  /** A value that later steps use. */
  kept(name: string, value: string): void {
    this.say(`  kept ${name} = ${value}\n`)
  }

  /** A remark, with its line end; passwords of addresses are masked. */
  say(text: string): void {
    if (this.#present.format === 'text') this.#io.out.write(maskAddress(text))
    else if (!this.#present.quiet) this.#io.err.write(maskAddress(text))
  }

  /** Where a command's output goes as it comes; a JSON document that is read here is left out. */
  sinks({ json }: { readonly json: boolean }): Sinks {
    const { format, quiet } = this.#present
    const { out, err } = this.#io
    const silent = format === 'json' && quiet
    const pass = (to: NodeJS.WritableStream, shown: boolean) => (chunk: string) => {
      if (shown) to.write(chunk)
    }
    return { out: pass(format === 'text' ? out : err, !silent && !json), err: pass(err, !silent) }
  }
}
