import { Chalk } from 'chalk'
import type { Presentation } from '../io.js'

/** Colours by meaning; each gives the text back unchanged where colour is off. */
export type Paint = { readonly [meaning in 'good' | 'bad' | 'warn' | 'dim' | 'strong']: (text: string) => string }

/** The colours of a presentation: sixteen at most, so that the terminal's own theme decides. */
export const paintOf = (present: Presentation): Paint => {
  const chalk = new Chalk({ level: present.color ? 1 : 0 })
  return { good: chalk.green, bad: chalk.red, warn: chalk.yellow, dim: chalk.dim, strong: chalk.bold }
}
