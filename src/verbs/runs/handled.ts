import { verifyPlan } from '../../core/digest.js'
import { isFanoutPlan } from '../../core/plan-names.js'
import { SpillwayError } from '../../errors.js'
import { listRuns, openRun } from '../../journal/runs.js'
import { lastOf } from './last-of.js'

/** Drains whose lanes were handled to their ends by a fan-out of this home: nothing in them is unread. What cannot be read is left out. */
export async function handledDrains(home: string): Promise<ReadonlySet<string>> {
  const handled = new Set<string>()
  for (const id of await listRuns(home)) {
    const drain = await handledBy(home, id).catch((error: unknown) => {
      // A damaged folder is told by the command that is about it.
      if (error instanceof SpillwayError || error instanceof SyntaxError) return undefined
      throw error
    })
    if (drain !== undefined) handled.add(drain)
  }
  return handled
}

async function handledBy(home: string, id: string): Promise<string | undefined> {
  const folder = await openRun(home, id)
  const plan = verifyPlan(await folder.plan())
  if (!isFanoutPlan(plan) || plan.reads !== 'lanes') return undefined
  return (await lastOf(folder)).ending?.kind === 'complete' ? plan.of : undefined
}
