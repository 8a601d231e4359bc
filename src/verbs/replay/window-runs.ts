import { verifyPlan } from '../../core/digest.js'
import { foldAll, isAborted, type RunSoFar } from '../../core/fold.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import { SpillwayError } from '../../errors.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { listRuns, openRun } from '../../journal/runs.js'

/** A replay of this home. */
export type ReplayRun = { readonly folder: RunFolder; readonly plan: ReplayPlan; readonly state: RunSoFar }

/** The replays of a home that are asked for, oldest first, with how far they are. What cannot be read is told by `spillway runs`. */
export async function replaysOf(home: string, wanted: (plan: ReplayPlan) => boolean): Promise<readonly ReplayRun[]> {
  const found: ReplayRun[] = []
  for (const id of await listRuns(home)) {
    const run = await read(home, id, wanted).catch((error: unknown) => {
      if (error instanceof SpillwayError || error instanceof SyntaxError) return undefined
      throw error
    })
    if (run !== undefined) found.push(run)
  }
  return found
}

async function read(home: string, id: string, wanted: (plan: ReplayPlan) => boolean): Promise<ReplayRun | undefined> {
  const folder = await openRun(home, id)
  const plan = verifyPlan(await folder.plan())
  if (plan.kind !== 'replay' || !wanted(plan)) return undefined
  return { folder, plan, state: await foldAll(folder.events()) }
}

export const isComplete = ({ state }: Pick<ReplayRun, 'state'>): boolean => state.ending?.kind === 'complete'

/** Neither complete nor given up by an operator: a resume would go on with it. */
export const isUnfinished = (run: Pick<ReplayRun, 'state'>): boolean => !isComplete(run) && !isAborted(run.state)
