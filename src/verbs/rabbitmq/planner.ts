import type { DrainRequest } from '../../commands/requests.js'
import { defined } from '../../core/defined.js'
import { makeRunId } from '../../core/run-id.js'
import type { QueueDrainOptions } from '../../drain/queue/plan/options.js'
import { planQueueDrain } from '../../drain/queue/plan.js'
import { queueRefusals } from '../../drain/queue/refusals.js'
import type { Planner, Where } from '../system.js'
import { endsOf } from './ends.js'
import { openRabbit } from './links.js'
import { measureForPlan } from './measure.js'

/** Connects to the server of a queue to be drained. Throws UserError. */
export async function openPlanner(request: DrainRequest, where: Where): Promise<Planner> {
  const { io } = where
  const links = await openRabbit(request.source, request, where)
  const options = optionsOf(request, io.now())
  const draw = async () => {
    const survey = await measureForPlan(links, request.source, { io, execute: request.execute })
    const plan = planQueueDrain(survey, { ...options, now: io.now() })
    return { plan, refusals: queueRefusals(survey, plan) }
  }
  return { ends: endsOf(links, where), draw }
}

function optionsOf(request: DrainRequest, now: Date): QueueDrainOptions {
  const { until, consumersStopped, cutOver, maxDriftPercent } = request
  const { factor, lanes, order, key, first, rate, queueType } = request
  return {
    run: makeRunId(now),
    now,
    until,
    consumersStopped,
    cutOver,
    maxDriftPercent,
    ...defined({ factor, lanes, order, key, first, rate, queueType }),
  }
}
