import { HoldError, RunError } from '../errors.js'
import { codeOf } from '../journal/system-error.js'

const FULL: readonly string[] = ['ENOSPC', 'EDQUOT']

/** No room: hold until there is some. */
export const isFull = (error: unknown): boolean => FULL.includes(codeOf(error))

/** What a failed write means: a hold where the disk is full, and the end of the run where it is broken. */
export function writeFailure(path: string, error: unknown): HoldError | RunError {
  if (isFull(error)) return new HoldError(`archive disk: no room to write ${path}`, 'clears')
  return unwritable(path, error)
}

/** RunError `archive-unwritable`. */
export const unwritable = (path: string, cause: unknown): RunError =>
  new RunError(`${path} cannot be written (${codeOf(cause) || String(cause)})`, {
    code: 'archive-unwritable',
    hint: 'Mend the disk or its mount, then `spillway resume RUN`. Nothing was let go that is not in the synced archive.',
    cause,
  })

/** RunError `archive-damaged`: names the file and the byte. */
export const damaged = (file: string, position: number, why: string): RunError =>
  new RunError(`${file} is damaged at byte ${position}: ${why}`, {
    code: 'archive-damaged',
    hint: '`spillway archive verify RUN` names all that is damaged. What lies before it, and in other files, can be read and replayed.',
    details: [{ at: `${file}:${position}`, message: why }],
  })
