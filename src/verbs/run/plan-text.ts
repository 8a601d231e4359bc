import type { DrainPlan } from '../../core/plan.js'
import { isQueuePlan } from '../../core/plan-names.js'
import { toPrettyJson } from '../../present/json.js'
import { commandsText } from '../../report/commands-text.js'
import { describePlan, type PlanView } from '../../report/plan-text.js'

/** A plan of any kind as text. */
export const planText = (plan: DrainPlan, view: PlanView = {}): string =>
  isQueuePlan(plan) ? toPrettyJson(plan) : describePlan(plan, view)

/** Commands of other tools that confirm what a run did, as text. */
export const commandsFor = (plan: DrainPlan): string => (isQueuePlan(plan) ? '' : commandsText(plan))
