import { setTimeout as sleep } from 'node:timers/promises'
import { homeFolder } from '../../core/home.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import { toRefusal } from '../../drain/refusals.js'
import { Refusal } from '../../errors.js'
import type { Io } from '../../io.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { createRun } from '../../journal/runs.js'
import { lockJob } from './window-job.js'
import { concerns, repeatRefusals } from './window-refusals.js'
import { replaysOf } from './window-runs.js'

/** Who makes a run of rows is done in a moment. Milliseconds. */
const PATIENCE_MS = 10_000
const AGAIN_MS = 50

/**
 * Makes the run of a plan. Of runs that send the same rows to the same place only one is made, however many are begun at once, unless they shall be sent
 * again. Throws Refusal `overlap`, and what `createRun` throws.
 */
export async function createOnce(plan: ReplayPlan, isRepeat: boolean, io: Io): Promise<RunFolder> {
  const home = homeFolder(io.env)
  if (plan.from.kind !== 'rows' || isRepeat) return createRun(home, plan)
  await using _alone = await locked(io)
  // Nights of one job have a lock of their own.
  const asked = { from: plan.from, target: plan.target, filter: plan.filter, isFixed: false }
  const runs = await replaysOf(home, other => concerns(other, asked))
  const [first, ...more] = repeatRefusals(runs, asked)
  if (first !== undefined) throw toRefusal([first, ...more])
  return await createRun(home, plan)
}

async function locked(io: Io): Promise<AsyncDisposable> {
  for (const until = performance.now() + PATIENCE_MS; ; ) {
    try {
      return await lockJob('rows', io)
    } catch (error) {
      if (!(error instanceof Refusal) || performance.now() > until) throw error
    }
    await sleep(AGAIN_MS, undefined, { signal: io.soft })
  }
}
