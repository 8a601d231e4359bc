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

  heading(step: ChainStep): void {
    const { strong } = paintOf(this.#present)
    const prose = step.prose === '' ? '' : `${indented(step.prose).join('\n')}\n`
    this.say(`\n${strong(`== ${headingOf(step)}`)}\n${prose}`)
  }

  /** A command that is about to run. */
  command(text: string): void {
    this.say(`$ ${text}\n`)
  }

  gate(text: string): void {
    this.#waitingFor = ''
    this.say(`gate: $ ${text}\n`)
  }

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

  kept(name: string, value: string): void {
    this.say(`  kept ${name} = ${value}\n`)
  }

  say(text: string): void {
    if (this.#present.format === 'text') this.#io.out.write(maskAddress(text))
    else if (!this.#present.quiet) this.#io.err.write(maskAddress(text))
  }

  /** Where a command's output goes as it comes; a JSON document that is read here is left out. */
  sinks({ json }: { readonly json: boolean }): Sinks {
    const { out, err } = this.#io
    const text = this.#present.format === 'text' ? out : err
    const quiet = this.#present.format === 'json' && this.#present.quiet
    return {
      out: chunk => void (json || quiet || text.write(chunk)),
      err: chunk => void (quiet || err.write(chunk)),
    }
  }
}
