import { defined } from '../../core/defined.js'
import type { DiscardPlan } from '../../core/discard-plan.js'
import type { Ending } from '../../core/event.js'
import type { RunSoFar } from '../../core/fold.js'
import { replayCommand } from '../../core/plan-names.js'
import { formatCount } from '../../core/quantity.js'
import { type Reaching, reachedBy } from './command-again.js'
import type { Words } from './outcome.js'

type Run = { readonly plan: DiscardPlan; readonly given: Reaching }

/** How a discard ended, and what comes next. Pure. */
export const discardWords = (run: Run, ending: Ending, { ledger }: Pick<RunSoFar, 'ledger'>): Words => ({
  headline: headline(run.plan, ending, ledger.dropped),
  next: next(run, ending, ledger.dropped),
})

function headline({ run, topic, archive, how }: DiscardPlan, ending: Ending, dropped: bigint): string {
  const gone = `${formatCount(dropped)}${how === 'offsets' && archive === undefined ? ' offsets' : ' messages'}`
  switch (ending.kind) {
    case 'complete':
      return dropped === 0n
        ? `COMPLETE: run ${run} found nothing to let go in ${topic}`
        : `COMPLETE: run ${run} let ${gone} of ${topic} go; ${archive === undefined ? 'nothing of them is kept' : `all of them are in ${archive.folder}`}`
    case 'stopped':
      return `STOPPED (${ending.by}): run ${run}; ${gone} are gone${archive === undefined ? '' : ' and in the archive'}, the rest is still there`
    case 'failed':
      return `FAILED: run ${run}: ${ending.message}\n  ${ending.hint}`
    case 'undone':
      return `UNDONE: run ${run}`
    default:
      return ending satisfies never
  }
}

function next({ plan, given }: Run, ending: Ending, dropped: bigint): string {
  const aborted = ending.kind === 'stopped' && ending.by === 'aborted' ? ' --after-abort' : ''
  const resume = `Carry it on:   ${reachedBy(`spillway resume ${plan.run}${aborted}`, given)}`
  const back = plan.archive === undefined || dropped === 0n ? [] : kept({ plan, given })
  if (ending.kind === 'stopped') return [resume, ...back].join('\n')
  if (ending.kind === 'failed')
    return [`Look closer:   ${reachedBy(`spillway report ${plan.run}`, given)}`, resume, ...back].join('\n')
  return [...back, 'The originals may start; there is nothing to restore.'].join('\n')
}

const loginOf = ({ source }: Reaching): string | undefined => source?.credentials?.username

/** What can be done with what was kept. */
const kept = ({ plan, given }: Run): string[] => [
  `What went:     spillway archive ls ${plan.run}`,
  `Send it again: ${reachedBy(replayCommand(plan, loginOf(given)), defined({ config: given.config, management: given.management }))}`,
]
