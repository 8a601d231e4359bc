import type { Again } from '../../commands/requests.js'
import { verifyPlan } from '../../core/digest.js'
import { homeFolder } from '../../core/home.js'
import type { DrainPlan } from '../../core/plan.js'
import { Refusal, UserError } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { openRun } from '../../journal/runs.js'
import { knownRuns } from '../../settings/home.js'
import type { Links } from '../run/links.js'
import { reconnect } from '../run/reconnect.js'

/** A run of this machine: its folder, unclaimed, and its plan. */
export type OpenedRun = { readonly folder: RunFolder; readonly plan: DrainPlan }

/** Opens a run by its id. Throws UserError `no-such-run` that lists those that there are. */
export async function openKnownRun(run: string, io: Io): Promise<OpenedRun> {
  const folder = await openRun(homeFolder(io.env), run).catch(async error => {
    if (!(error instanceof UserError) || error.code !== 'no-such-run') throw error
    const details = (await knownRuns(io.env)).map(at => ({ at, message: 'a known run' }))
    throw new UserError(error.message, { code: error.code, hint: error.hint, details, cause: error })
  })
  return { folder, plan: verifyPlan(await folder.plan()) }
}

type Asking = Again & { readonly config?: string }

/**
 * Connects to the clusters of a plan; addresses given again win, for their credentials. Throws what `reconnect` throws,
 * and Refusal `other-cluster` where an address leads to another cluster than the plan's.
 */
export async function linksOf(
  plan: DrainPlan,
  again: Asking,
  context: { io: Io; present: Presentation },
): Promise<Links> {
  const links = await reconnect(plan, again, context)
  if (links.source.clusterId === plan.clusterId && links.target.clusterId === plan.targetClusterId) return links
  await links[Symbol.asyncDispose]()
  throw new Refusal(`The address of run ${plan.run} leads to another cluster than the one it ran on`, {
    code: 'other-cluster',
    hint: `Its source has cluster id ${plan.clusterId}, its target ${plan.targetClusterId}. Check --source, --target and the settings file.`,
  })
}
