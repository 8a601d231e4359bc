import { lanesAtOnce } from '../../core/lanes-at-once.js'
import type { DrainPlan, Until } from '../../core/plan.js'

type Ending = Pick<DrainPlan, 'run' | 'until' | 'cutOver'>

/** What following the tail until the lanes are worked off asks for. */
export const endWarnings = ({ run, until, cutOver }: Ending): string[] =>
  until === 'lanes-empty'
    ? [
        `--until lanes-empty ends only when the lanes are ${cutOver === 'fresh-first' ? 'nearly worked off' : 'empty'}, so somebody must work them meanwhile (\`spillway fanout ${run} --exec CMD --execute\`): without that it waits for ever, and says so`,
      ]
    : []

/** What it cannot do where the partitions take turns. */
export const turnWarnings = ({
  until,
  lanes,
  factor,
}: {
  readonly until: Until
  readonly lanes: readonly unknown[]
  readonly factor: number
}): string[] => {
  const atOnce = lanesAtOnce(lanes.length, factor)
  return until === 'lanes-empty' && atOnce < lanes.length
    ? [
        `${lanes.length} partitions are copied ${atOnce} at a time: each is followed only up to its tail, what arrives after that waits in the source, and then the run waits for empty lanes`,
      ]
    : []
}
