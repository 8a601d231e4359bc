import type { DrainPlan } from '../../core/plan.js'
import { isQueuePlan } from '../../core/plan-names.js'
import { commandsText } from '../../report/commands-text.js'
import { describePlan, type PlanView } from '../../report/plan-text.js'
import { drainCommand } from '../../report/plan-text-command.js'
import { queueCommandsText } from '../../report/queue-commands-text.js'
import { describeQueuePlan } from '../../report/queue-plan-text.js'
import { queueDrainCommand } from '../../report/queue-plan-text-command.js'

/** A plan of any kind as text. */
export const planText = (plan: DrainPlan, view: PlanView = {}): string =>
  isQueuePlan(plan) ? describeQueuePlan(plan, view) : describePlan(plan, view)

/** The command that draws a plan of any kind again, without the flags that no plan keeps. */
export const commandOf = (plan: DrainPlan): string => (isQueuePlan(plan) ? queueDrainCommand(plan) : drainCommand(plan))

/** Commands of other tools that confirm what a run did, as text. */
export const commandsFor = (plan: DrainPlan): string =>
  isQueuePlan(plan) ? queueCommandsText(plan) : commandsText(plan)
