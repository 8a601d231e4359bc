import { type Place, parseAddress } from '../core/address.js'
import { defined } from '../core/defined.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import type { Problems } from './problems.js'
import type { Again } from './requests.js'

/** A run's id is the name of its folder, so it must not lead anywhere else. */
export const parseRun = (text: string): string => {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text)) return text
  throw new UserError('this is not the id of a run', { hint: '`spillway runs` lists them.' })
}

/** The run that was named; it is never guessed. Throws a UserError that lists the known runs where it is missing. */
export const runOf = async (text: string | undefined, problems: Problems, io: Io): Promise<string> => {
  const run = problems.read('RUN', text, parseRun)
  problems.raise()
  if (run !== undefined) return run
  const { missingRun } = await import('../settings/home.js')
  throw await missingRun(io.env)
}

/** `--source` and `--target`: addresses given again for their credentials. */
export const againOf = (flags: { source?: string; target?: string }, problems: Problems): Again => {
  const read = (at: string, text?: string): Place | undefined => problems.read(at, text, parseAddress)
  return defined({ source: read('--source', flags.source), target: read('--target', flags.target) })
}
