import { formatCount } from '../../../core/quantity.js'
import { RunError } from '../../../errors.js'
import { table } from '../../../report/layout.js'
import type { Done } from '../stage.js'

/** One thing that was counted, and what it must be. `by`: what counted it, in a few words. */
export type Proved = {
  readonly name: string
  readonly what: string
  readonly by: string
  readonly value: number
  readonly must: number
}

/** The table that a scenario ends with. Throws RunError `rehearsal-mismatch` with every line that does not hold. */
export function proofTable(rows: readonly Proved[]): Done<Readonly<Record<string, number>>> {
  const wrong = rows.filter(({ value, must }) => value !== must)
  if (wrong.length > 0)
    throw new RunError(wrong.map(({ what, value, must }) => `${what}: ${value}, not ${must}`).join('; '), {
      code: 'rehearsal-mismatch',
      hint: 'Do not trust this version with a real queue. Run it again with --keep and report what you find.',
    })
  const cells = rows.map(({ what, value, must, by }) => [what, formatCount(value), formatCount(must), by])
  const lines = table([['what', 'counted', 'must be', 'counted by'], ...cells], [0, 3])
  return {
    text: `${lines.join('\n')}\n`,
    result: Object.fromEntries(rows.map(({ name, value }) => [name, value])),
  }
}
