import type { ApplyRequest } from '../../commands/requests.js'
import { defined } from '../../core/defined.js'
import type { QueuePlan } from '../../core/queue-plan.js'
import type { Drift } from '../../drain/drift.js'
import { queueDrift, replanQueue } from '../../drain/queue/drift.js'
import { queueRefusals } from '../../drain/queue/refusals.js'
import type { Io } from '../../io.js'
import type { Drawn } from '../run/approve.js'
import { type RabbitLinks, sourceOf } from './links.js'
import { measureForPlan } from './measure.js'

type Comparing = {
  readonly saved: QueuePlan
  readonly links: RabbitLinks
  readonly request: ApplyRequest
  readonly io: Io
}

/** The saved plan against the server of now: drift, the plan that would run, what speaks against it. */
export async function compare({ saved, links, request, io }: Comparing): Promise<Drawn & { readonly drift: Drift }> {
  const survey = await measureForPlan(links, sourceOf(saved, request), { io, execute: request.execute })
  const { rate, maxDriftPercent } = request
  const again = { now: io.now(), ...defined({ rate, maxDriftPercent }) }
  const found = queueDrift(saved, survey, again)
  // A plan for another queue or server cannot be drawn anew: what it was planned for is not there.
  if (found.refusals.length > 0 && found.changes.length === 0) return { drift: found, plan: saved, refusals: [] }
  const plan = replanQueue(saved, survey, again)
  return { drift: found, plan, refusals: queueRefusals(survey, plan) }
}
