import type { Ending } from '../../core/event.js'
import type { RunSoFar } from '../../core/fold.js'
import { type DrainPlan, isNothing } from '../../core/plan.js'
import { isQueuePlan, namesOf, undoCommand } from '../../core/plan-names.js'
import { byLane } from '../../core/to-envelope.js'
import { table } from '../../report/layout.js'
import { awaitsLanes } from './awaits-lanes.js'
import { type Reaching, reachedBy } from './command-again.js'
import type { Words } from './outcome.js'

type Run = { readonly plan: DrainPlan; readonly given: Reaching }

/** How a drain ended, and what comes next. Pure. */
export const drainWords = (run: Run, ending: Ending, state: Pick<RunSoFar, 'lanes'>): Words => ({
  headline: headline(run.plan, ending),
  next: next(run, ending, state),
})

function headline(plan: DrainPlan, ending: Ending): string {
  const { source, target } = namesOf(plan)
  switch (ending.kind) {
    case 'complete':
      if (isNothing(plan)) return `COMPLETE: run ${plan.run} found nothing waiting in ${source}; nothing was made`
      return `COMPLETE: run ${plan.run} copied ${source} into ${target}`
    case 'stopped':
      return `STOPPED (${ending.by}): run ${plan.run}; nothing is lost, nothing is half done`
    case 'failed':
      return `FAILED: run ${plan.run}: ${ending.message}\n  ${ending.hint}`
    case 'undone':
      return `UNDONE: run ${plan.run}`
    default:
      return ending satisfies never
  }
}

function next({ plan, given }: Run, ending: Ending, state: Pick<RunSoFar, 'lanes'>): string {
  const aborted = ending.kind === 'stopped' && ending.by === 'aborted' ? ' --after-abort' : ''
  const resume = `Carry it on:   ${reachedBy(`spillway resume ${plan.run}${aborted}`, given)}`
  const undo = `Give it back:  ${reachedBy(undoCommand(plan), given)}`
  if (ending.kind === 'stopped') return `${resume}\n${undo}`
  if (ending.kind === 'failed')
    return `Look closer:   ${reachedBy(`spillway report ${plan.run}`, given)}\n${resume}\n${undo}`
  if (isNothing(plan)) return 'The originals may start; there is nothing to restore.'
  const lines = plan.until === 'lanes-empty' ? whereOriginalsStart({ plan, given }, state) : onward({ plan, given })
  return lines.join('\n')
}

/** What comes after a complete copy. */
function onward({ plan, given }: Run): string[] {
  const restore = reachedBy(`spillway restore ${plan.run}`, given)
  const work = reachedBy(`spillway fanout ${plan.run} --exec CMD --execute`, given)
  const { target } = namesOf(plan)
  if (isQueuePlan(plan))
    return [
      `Confirm it:    ${reachedBy(`spillway report ${plan.run} --commands`, given)}`,
      `Then work it:  ${work}`,
      `or ${target} with your own consumers, one or more a queue;`,
      `once they are empty: ${restore}`,
    ]
  return [
    `Prove it:      ${reachedBy(`spillway report ${plan.run} --verify`, given)}`,
    `Then work it:  ${work}`,
    `or ${target} with consumers that are read_committed, group ${plan.lanesGroup ?? `spillway.${plan.run}`};`,
    `once it is empty: ${restore}`,
  ]
}

/** What comes after a copy that has followed its lanes until they were worked off, or nearly. */
function whereOriginalsStart({ plan, given }: Run, { lanes }: Pick<RunSoFar, 'lanes'>): string[] {
  const isEmpty = awaitsLanes(plan)
  const after = isEmpty
    ? [`Then clean up: ${reachedBy(`spillway restore ${plan.run}`, given)}`]
    : onward({ plan, given })
  const now = isEmpty ? 'The lanes are empty. ' : ''
  if (isQueuePlan(plan)) return [`${now}The originals may start on ${plan.queue} at once.`, ...after]
  const rows = [...lanes.values()].sort((a, b) => byLane(a.lane, b.lane)).map(({ lane, mark }) => [lane, mark])
  return [
    `${now}The originals start where group ${plan.group} stands:`,
    ...table([['partition', 'offset'], ...rows]).map(line => `  ${line}`),
    ...after,
  ]
}
