import { RunError } from '../errors.js'

/** A share of fewer messages says nothing yet: until then it is the share of all that is expected. */
const SAYS_FROM = 50

export type ParkedShare = {
  readonly parked: number
  /** Messages that are done or parked. */
  readonly over: number
  readonly expected: number
  readonly maxPercent: number
}

/** What stops a run of which more was parked than `--max-parked` allows; undefined where it may go on. Pure. */
export function tooManyParked({ parked, over, expected, maxPercent }: ParkedShare, last: string): RunError | undefined {
  const base = over < SAYS_FROM ? Math.max(expected, over) : over
  if ((parked / base) * 100 <= maxPercent) return undefined
  return new RunError(
    `${parked} of ${over} messages were parked, more than the ${maxPercent}% of --max-parked; the last one: ${last}`,
    {
      code: 'too-many-parked',
      hint: 'Mend the handler, then resume: what is parked is kept with its reasons, the rest was not touched.',
    },
  )
}
