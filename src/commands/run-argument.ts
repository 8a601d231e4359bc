import { parseDatabase } from '../core/address/database.js'
import { type Place, parseAddress } from '../core/address.js'
import { defined } from '../core/defined.js'
import { checkRunId } from '../core/run-id.js'
import type { Io } from '../io.js'
import { parseManagement } from './addresses.js'
import type { Problems } from './problems.js'
import type { Again } from './requests.js'

/** The run that was named; it is never guessed. Throws a UserError that names the newest runs where it is missing. */
export const runOf = async (text: string | undefined, problems: Problems, io: Io): Promise<string> => {
  const run = problems.read('RUN', text, checkRunId)
  problems.raise()
  if (run !== undefined) return run
  const { missingRun } = await import('../settings/home.js')
  throw await missingRun(io.env)
}

/** `--source` and `--target`, addresses given again for their credentials, and `--management`. */
export const againOf = (
  flags: { source?: string; target?: string; management?: string },
  problems: Problems,
): Again => {
  const read = (at: string, text?: string): Place | undefined => problems.read(at, text, parseAddress)
  const management = problems.read('--management', flags.management, parseManagement)
  const database = problems.read('--source', flags.source, parseDatabase)
  const source = database === undefined ? flags.source : undefined
  return defined({ source: read('--source', source), database, target: read('--target', flags.target), management })
}
