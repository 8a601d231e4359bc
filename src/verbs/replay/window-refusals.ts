import { digestOf } from '../../core/digest.js'
import type { PlannedWindow, ReplayFilter, ReplayFrom } from '../../core/replay-plan.js'
import { nameOfRows } from '../../core/rows-asked.js'
import type { DrainRefusal } from '../../drain/refusals.js'
import { isComplete, isUnfinished, type ReplayRun } from './window-runs.js'

/** A replay that is about to be planned. */
export type Asked = {
  readonly from: ReplayFrom
  readonly target: string
  readonly filter?: ReplayFilter | undefined
  readonly window?: PlannedWindow | undefined
  /** Its range is the same every night, and nothing new comes into it. */
  readonly isFixed: boolean
}

/** Whether a run says something about this replay: another night of it, or the same rows to the same place. Pure. */
export const concerns = (plan: ReplayRun['plan'], asked: Asked): boolean =>
  isSameJob(plan, asked) || isSameRows(plan, asked)

/** What other runs of this home say against it: the same is not sent twice unasked. Pure. */
export function repeatRefusals(runs: readonly ReplayRun[], asked: Asked): readonly DrainRefusal[] {
  const job = runs.filter(({ plan }) => isSameJob(plan, asked))
  const open = job.find(isUnfinished)
  if (open !== undefined) return [unfinished(open)]
  const tonight = job.find(run => isComplete(run) && run.plan.window?.night === asked.window?.night)
  if (tonight !== undefined) return [nightDone(tonight)]
  const all = asked.isFixed ? job.find(isComplete) : undefined
  if (all !== undefined) return [allDone(all)]
  const same = runs.filter(run => isSameRows(run.plan, asked) && (run.state.ledger.written > 0n || isUnfinished(run)))
  return same.slice(-1).map(overlapping)
}

/** Rows between the last night that there was and this one. Pure. */
export function gapWarnings(runs: readonly ReplayRun[], asked: Asked): string[] {
  const { from } = asked
  if (from.kind !== 'rows') return []
  const ends = runs.flatMap(({ plan }) =>
    isSameJob(plan, asked) && plan.from.kind === 'rows' ? [Date.parse(plan.from.rows.to)] : [],
  )
  const last = Math.max(...ends)
  if (ends.length === 0 || last >= Date.parse(from.rows.from)) return []
  const missed = new Date(last).toISOString()
  return [
    `No night has sent the rows from ${missed} to ${from.rows.from}: send them with --from ${missed} --to-time ${from.rows.from}`,
  ]
}

const isSameJob = (plan: ReplayRun['plan'], { window }: Asked): boolean =>
  window !== undefined && plan.window?.job === window.job

function isSameRows({ from, target, filter }: ReplayRun['plan'], asked: Asked): boolean {
  if (from.kind !== 'rows' || asked.from.kind !== 'rows') return false
  // What was found missing is sent because a run before has not brought it there; but the same list is not sent twice.
  if (digestOf(missingOf(from)) !== digestOf(missingOf(asked.from))) return false
  const [a, b] = [from.rows, asked.from.rows]
  const isSame = from.address === asked.from.address && target === asked.target && a.time === b.time
  const isSameChoice =
    nameOfRows(a) === nameOfRows(b) && digestOf(a.of) === digestOf(b.of) && sameFilter(filter, asked.filter)
  return isSame && isSameChoice && Date.parse(a.from) < Date.parse(b.to) && Date.parse(b.from) < Date.parse(a.to)
}

const missingOf = (from: ReplayFrom) => ('missing' in from ? (from.missing ?? null) : null)

const sameFilter = (a: ReplayFilter | undefined, b: ReplayFilter | undefined): boolean =>
  digestOf(a ?? {}) === digestOf(b ?? {})

const unfinished = ({ plan: { run } }: ReplayRun): DrainRefusal => ({
  code: 'unfinished',
  message: `Run ${run} of this nightly replay is not finished`,
  hint: `Finish it first: spillway resume ${run}, or --carry-over each night. spillway abort ${run} gives it up.`,
  mayClear: false,
})

const nightDone = ({ plan: { run, window } }: ReplayRun): DrainRefusal => ({
  code: 'night-done',
  message: `Run ${run} has done the night of ${window?.night} already`,
  hint: 'Nothing is left to do before the next one; --again does this one once more.',
  mayClear: false,
})

const allDone = ({ plan: { run } }: ReplayRun): DrainRefusal => ({
  code: 'all-done',
  message: `Run ${run} has sent all of it`,
  hint: 'Take it off the schedule. --again sends it once more.',
  mayClear: false,
})

const overlapping = (run: ReplayRun): DrainRefusal => {
  const { plan } = run
  const range = plan.from.kind === 'rows' ? ` from ${plan.from.rows.from} to ${plan.from.rows.to}` : ''
  return {
    code: 'overlap',
    message: `Run ${plan.run} sends rows${range} to ${plan.target}${isUnfinished(run) ? ', and is not finished' : ' already'}`,
    hint: isUnfinished(run)
      ? `Finish it: spillway resume ${plan.run}. Or give it up: spillway abort ${plan.run}.`
      : 'Give another range; --again sends them once more.',
    mayClear: false,
  }
}
