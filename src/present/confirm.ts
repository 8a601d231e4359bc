import { createInterface } from 'node:readline/promises'
import { Stopped, UserError } from '../errors.js'
import type { Io } from '../io.js'

/** Asks "go on?" and wants `yes` typed; `yes` true (the flag) answers it. Throws a UserError otherwise. */
export const confirm = async (io: Io, question: string, yes: boolean): Promise<void> => {
  if (yes) return
  if (!io.interactive) throw notAsked('--yes')
  if ((await ask(io, `${question} Type yes to go on: `)) !== 'yes') throw notConfirmed()
}

/** What must be typed to destroy something, and what `--confirm` gave. */
export type NameQuestion = { readonly question: string; readonly name: string; readonly given: string | undefined }

/** Wants the exact name, typed or given with `--confirm`. `--yes` does not answer this one. Throws a UserError otherwise. */
export const confirmName = async (io: Io, { question, name, given }: NameQuestion): Promise<void> => {
  if (given === name) return
  if (given !== undefined)
    throw new UserError(`--confirm ${given} is not the name`, { code: 'not-confirmed', hint: `It is ${name}.` })
  if (!io.interactive) throw notAsked(`--confirm ${name}`)
  if ((await ask(io, `${question} Type ${name} to go on: `)) !== name) throw notConfirmed()
}

const notAsked = (flag: string): UserError =>
  new UserError('This needs a confirmation, and there is no terminal to ask at', {
    code: 'not-confirmed',
    hint: `Look at the plan, then add ${flag}.`,
  })

const notConfirmed = (): UserError =>
  new UserError('Not confirmed; nothing was changed', {
    code: 'not-confirmed',
    hint: 'Give the same command again when you are sure.',
  })

// Ctrl-D closes the input without an answer, and readline would wait for ever.
const ask = async (io: Io, question: string): Promise<string> => {
  io.soft.throwIfAborted()
  const reader = createInterface({ input: io.in, output: io.err })
  try {
    const closed = new Promise<string>(resolve => reader.once('close', () => resolve('')))
    const pressed = new Promise<never>((_resolve, reject) => {
      reader.once('SIGINT', () => reject(new Stopped('SIGINT')))
      io.soft.addEventListener('abort', () => reject(io.soft.reason), { once: true })
    })
    return (await Promise.race([reader.question(question), closed, pressed])).trim()
  } finally {
    reader.close()
  }
}
