import type { RunPlan } from '../core/plan.js'
import { item } from './layout.js'

/** What `--execute` would refuse, so that nobody overlooks it. */
export const refusalLines = ({ refusals }: Pick<RunPlan, 'refusals'>): string[] =>
  refusals.length === 0
    ? []
    : [
        `!!! REFUSED: --execute would do nothing now, for ${count(refusals.length, 'reason')}`,
        ...refusals.flatMap((refusal, index) => item(`!!! ${index + 1}. `, refusal)),
      ]

/** What to know before saying yes. */
export const warningLines = ({ warnings }: Pick<RunPlan, 'warnings'>): string[] =>
  warnings.length === 0 ? [] : ['WARNINGS', ...warnings.flatMap(warning => item('  ! ', warning))]

/** `1 reason`, `2 reasons`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
