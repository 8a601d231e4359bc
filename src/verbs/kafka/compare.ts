import type { ApplyRequest } from '../../commands/requests.js'
import { defined } from '../../core/defined.js'
import type { KafkaPlan } from '../../core/plan.js'
import { type Drift, drift, replan } from '../../drain/drift.js'
import { drainRefusals } from '../../drain/refusals.js'
import type { Io } from '../../io.js'
import type { Drawn } from '../run/approve.js'
import type { Links } from './links.js'
import { otherCluster } from './other-cluster.js'
import { sourceOf } from './reconnect.js'
import { surveyForPlan } from './survey-for-plan.js'

type Comparing = {
  readonly saved: KafkaPlan
  readonly links: Links
  readonly request: ApplyRequest
  readonly io: Io
}

/** The saved plan against the cluster of now: drift, the plan that would run, what speaks against it. */
export async function compare({ saved, links, request, io }: Comparing): Promise<Drawn & { readonly drift: Drift }> {
  const survey = await surveyForPlan(links.source, sourceOf(saved, request), { io, execute: request.execute })
  const target = await otherCluster(links)
  const { rate, maxDriftPercent } = request
  const again = { now: io.now(), ...defined({ target, rate, maxDriftPercent }) }
  const found = drift(saved, survey, again)
  // A plan for another topic or layout cannot be drawn anew: what it was planned for is not there.
  if (found.refusals.length > 0 && found.changes.length === 0) return { drift: found, plan: saved, refusals: [] }
  const plan = replan(saved, survey, again)
  return { drift: found, plan, refusals: drainRefusals(survey, plan, defined({ target })) }
}
