import type { RunSoFar } from '../../core/fold.js'
import type { RunPlan } from '../../core/plan.js'

/** Whether every lane of a plan was finished. Pure. */
export const isCopied = (plan: Pick<RunPlan, 'lanes'>, { lanes }: Pick<RunSoFar, 'lanes'>): boolean =>
  plan.lanes.every(({ lane }) => lanes.get(lane)?.finished === true)
