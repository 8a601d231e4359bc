import type { Ending } from '../../core/event.js'
import type { FanoutPlan } from '../../core/fanout-plan.js'
import { type Reaching, reachedBy } from './command-again.js'
import type { Words } from './outcome.js'

type Run = { readonly plan: FanoutPlan; readonly given: Reaching }

/** How a fan-out ended, and what comes next. Pure. */
export const fanoutWords = (run: Run, ending: Ending): Words => ({
  headline: headline(run.plan, ending),
  next: next(run, ending),
})

function headline({ run, topic, target, expect }: FanoutPlan, ending: Ending): string {
  switch (ending.kind) {
    case 'complete':
      return expect.messages === 0n
        ? `COMPLETE: run ${run} found nothing waiting in ${topic}`
        : `COMPLETE: run ${run} handed ${topic} to ${target}`
    case 'stopped':
      return `STOPPED (${ending.by}): run ${run}; what was done is settled, the rest is still there`
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
  if (ending.kind === 'stopped') return resume
  if (ending.kind === 'failed') return `Look closer:   ${reachedBy(`spillway report ${plan.run}`, given)}\n${resume}`
  return afterwards({ plan, given }).join('\n')
}

/** What comes after all lanes are handled. */
const afterwards = ({ plan, given }: Run): string[] => {
  if (plan.reads === 'source') return ['The originals may start; there is nothing to restore.']
  if (plan.of === undefined) return ['Once the drain itself is complete, restore it where its run folder is.']
  return [`Then put the old layout back: ${reachedBy(`spillway restore ${plan.of}`, given)}`]
}
