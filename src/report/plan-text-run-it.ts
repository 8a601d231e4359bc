import type { RunPlan } from '../core/plan.js'
import { count } from './plan-text-trouble.js'

/** The command that runs a plan which changed nothing yet, and what would refuse it; nothing without a command. */
export const runItLines = ({ refusals }: Pick<RunPlan, 'refusals'>, command: string | undefined): string[] => {
  if (command === undefined) return []
  const execute = `${command} --execute`
  if (refusals.length === 0) return ['Nothing has changed yet. To run it:', execute]
  return [
    'Nothing has changed. Once that is cleared:',
    execute,
    `--execute would refuse now: ${count(refusals.length, 'reason')}, see above.`,
  ]
}
