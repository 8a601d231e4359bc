import type { DrainRequest } from '../../commands/requests.js'
import { asKafka } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import { makeRunId } from '../../core/run-id.js'
import type { DrainOptions } from '../../drain/plan/options.js'
import { planDrain } from '../../drain/plan.js'
import { drainRefusals } from '../../drain/refusals.js'
import type { Planner, Where } from '../system.js'
import { endsOf } from './ends.js'
import { openLinks } from './links.js'
import { otherCluster } from './other-cluster.js'
import { surveyForPlan } from './survey-for-plan.js'

/** Connects to both ends of a drain of a topic. Throws UserError. */
export async function openPlanner(request: DrainRequest, where: Where): Promise<Planner> {
  const { io } = where
  const links = await openLinks({ source: request.source, target: request.to, config: request.config }, where)
  const options = optionsOf(request, io.now())
  const draw = async () => {
    const survey = await surveyForPlan(links.source, request.source, { io, execute: request.execute })
    const target = await otherCluster(links)
    const plan = planDrain(survey, { ...options, now: io.now() }, target)
    return { plan, refusals: drainRefusals(survey, plan, defined({ target })) }
  }
  return { ends: endsOf(links, where), draw }
}

function optionsOf(request: DrainRequest, now: Date): DrainOptions {
  const { until, consumersStopped, cutOver, diskFree, maxDriftPercent, exactlyOnce, to } = request
  const { factor, lanes, order, first, compress, rate, lanesGroup } = request
  return {
    run: makeRunId(now),
    now,
    until,
    consumersStopped,
    cutOver,
    diskFree,
    maxDriftPercent,
    ...defined({ factor, lanes, order, first, guarantee: exactlyOnce, compress, rate, lanesGroup }),
    ...defined({ to: to && asKafka(to.address) }),
  }
}
