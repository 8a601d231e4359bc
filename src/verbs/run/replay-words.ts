import type { Ending } from '../../core/event.js'
import type { RunSoFar } from '../../core/fold.js'
import { formatCount } from '../../core/quantity.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import { type Reaching, reachedBy } from './command-again.js'
import type { Words } from './outcome.js'

type Run = { readonly plan: ReplayPlan; readonly given: Reaching }

/** How a replay ended, and what comes next. Pure. */
export const replayWords = (run: Run, ending: Ending, { ledger }: Pick<RunSoFar, 'ledger'>): Words => ({
  headline: headline(run.plan, ending, ledger.written),
  next: next(run, ending),
})

function headline({ run, source, target }: ReplayPlan, ending: Ending, written: bigint): string {
  const sent = `${formatCount(written)} messages of ${source}`
  const to = target === 'origin' ? 'back to where they came from' : `to ${target}`
  switch (ending.kind) {
    case 'complete':
      return written === 0n
        ? `COMPLETE: run ${run} found nothing to send in ${source}`
        : `COMPLETE: run ${run} sent ${sent} ${to}`
    case 'stopped':
      return `STOPPED (${ending.by}): run ${run}; ${sent} are sent, the rest is still to come`
    case 'failed':
      return `FAILED: run ${run}: ${ending.message}\n  ${ending.hint}`
    case 'undone':
      return `UNDONE: run ${run}`
    default:
      return ending satisfies never
  }
}

function next({ plan, given }: Run, ending: Ending): string {
  const aborted = ending.kind === 'stopped' && ending.by === 'aborted' ? ' --after-abort' : ''
  const resume = `Carry it on:   ${reachedBy(`spillway resume ${plan.run}${aborted}`, given)}`
  const report = `Look closer:   ${reachedBy(`spillway report ${plan.run}`, given)}`
  if (ending.kind === 'stopped') return resume
  if (ending.kind === 'failed') return `${report}\n${resume}`
  return report
}
