import { byNearness } from '../../core/did-you-mean.js'
import { notADrain, verifyPlan } from '../../core/digest.js'
import { homeFolder } from '../../core/home.js'
import type { DrainPlan, RunPlan } from '../../core/plan.js'
import { isDrainPlan } from '../../core/plan-names.js'
import { UserError } from '../../errors.js'
import type { Io } from '../../io.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { openRun } from '../../journal/runs.js'
import { knownRuns, MOST_NAMED } from '../../settings/home.js'

/** A run of this machine: its folder, unclaimed, and its plan. */
export type OpenedRun<P extends RunPlan = RunPlan> = { readonly folder: RunFolder; readonly plan: P }

/** Opens a run by its id. Throws UserError `no-such-run` that names those that are most like it. */
export async function openKnownRun(run: string, io: Io): Promise<OpenedRun> {
  const folder = await openRun(homeFolder(io.env), run).catch(async error => {
    if (!(error instanceof UserError) || error.code !== 'no-such-run') throw error
    const near = byNearness(run, await knownRuns(io.env)).slice(0, MOST_NAMED)
    const details = near.map(at => ({ at, message: 'a known run' }))
    throw new UserError(error.message, { code: error.code, hint: error.hint, details, cause: error })
  })
  return { folder, plan: verifyPlan(await folder.plan()) }
}

/** Opens a drain by its id. Throws as `openKnownRun`, and UserError `not-a-drain` for a run of another kind, saying what there is instead. */
export async function openKnownDrain(run: string, io: Io): Promise<OpenedRun<DrainPlan>> {
  const { folder, plan } = await openKnownRun(run, io)
  if (!isDrainPlan(plan)) throw notADrain(plan)
  return { folder, plan }
}
