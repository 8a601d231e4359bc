import { verifyPlan } from '../../core/digest.js'
import type { RunSoFar } from '../../core/fold.js'
import { homeFolder } from '../../core/home.js'
import { type DrainPlan, isNothing } from '../../core/plan.js'
import { isDrainPlan, isQueuePlan, namesOf } from '../../core/plan-names.js'
import type { Io, Presentation } from '../../io.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { listRuns, openRun } from '../../journal/runs.js'
import { classify } from '../../present/error.js'
import { lastOf } from './last-of.js'

/** Share of the offsets' retention from which every command warns. */
const WARN_FROM = 0.8
/** More lines than this bury what the command itself says. */
const MOST = 3

/**
 * Warns on standard error, a line each, of runs in this home whose group's offsets are about to expire, and, for a command that acts, of those that
 * are complete but not restored. `only` looks at one run, and only at its expiry. Prints nothing with `--quiet`.
 */
export const remindOf = (io: Io, present: Presentation, only?: string): Promise<void> =>
  remind(io, present, { only, restoreToo: only === undefined })

/** The same for a command that only looks: what lies around is told by `runs`, not beside each answer. */
export const remindOfOffsets = (io: Io, present: Presentation): Promise<void> =>
  remind(io, present, { only: undefined, restoreToo: false })

type About = { readonly only: string | undefined; readonly restoreToo: boolean }

async function remind(io: Io, present: Presentation, { only, restoreToo }: About): Promise<void> {
  if (present.quiet) return
  const home = homeFolder(io.env)
  const lines: string[] = []
  // Who only looks at a broker needs no home; who writes there is told by that.
  const known = async () =>
    await listRuns(home).catch((error: unknown) => {
      lines.push(`the runs of this home cannot be listed: ${classify(error).message}`)
      return []
    })
  for (const id of only === undefined ? await known() : [only]) {
    const more = await openRun(home, id)
      .then(folder => reminders(folder, io.now(), restoreToo))
      // What cannot be read is told by the command that is about it.
      .catch((error: unknown) => [`run ${id} cannot be read: ${classify(error).message}`])
    lines.push(...more)
  }
  for (const line of lines.slice(0, MOST)) io.err.write(`warning: ${line}\n`)
  const rest = lines.length - MOST
  if (rest > 0) io.err.write(`warning: and ${rest} more like these: \`spillway runs\` lists them\n`)
}

async function reminders(folder: RunFolder, now: Date, restoreToo: boolean): Promise<string[]> {
  const state = await lastOf(folder)
  if (state.restored?.done || state.ending?.kind === 'undone') return []
  const plan = verifyPlan(await folder.plan())
  // The others leave nothing behind; the drain of a fan-out does, and tells of itself.
  if (!isDrainPlan(plan)) return []
  return [...(restoreToo ? forgotten(plan, state) : []), ...expiryReminder(plan, now)]
}

const forgotten = (plan: DrainPlan, { ending }: RunSoFar): string[] =>
  ending?.kind !== 'complete' || isNothing(plan)
    ? []
    : [
        `run ${plan.run} is complete but not restored: ${namesOf(plan).leaves} are still there (spillway restore ${plan.run})`,
      ]

/** The warning that a run's group will lose its offsets; none before 80 % of their retention have passed. Pure. */
export function expiryReminder(plan: DrainPlan, now: Date): string[] {
  if (isQueuePlan(plan) || plan.offsetsExpire === undefined) return []
  const { run, group, offsetsExpire } = plan
  const retention = offsetsExpire.retentionMinutes * 60_000
  const left = Date.parse(offsetsExpire.at) - now.getTime()
  if (left > retention * (1 - WARN_FROM)) return []
  const at = `${offsetsExpire.at.slice(0, 16)}Z`
  return [
    `the offsets of ${group} (run ${run}) may expire from ${at} on: finish or undo the run before, or raise offsets.retention.minutes`,
  ]
}
