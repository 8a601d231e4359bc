import type { DrainPlan, RunPlan } from '../../core/plan.js'
import { isFanoutPlan, isQueuePlan } from '../../core/plan-names.js'
import { takesInWords } from '../../fanout/plan/takes.js'
import { commandsText } from '../../report/commands-text.js'
import { fanoutCommandsText } from '../../report/fanout-commands-text.js'
import { describeFanout } from '../../report/fanout-plan-text.js'
import { describePlan, type PlanView } from '../../report/plan-text.js'
import { drainCommand } from '../../report/plan-text-command.js'
import { queueCommandsText } from '../../report/queue-commands-text.js'
import { describeQueuePlan } from '../../report/queue-plan-text.js'
import { queueDrainCommand } from '../../report/queue-plan-text-command.js'

/** A plan of any kind as text. */
export const planText = (plan: RunPlan, view: PlanView = {}): string => {
  if (isFanoutPlan(plan)) return describeFanout(plan, { ...view, takes: takesInWords(plan) })
  return isQueuePlan(plan) ? describeQueuePlan(plan, view) : describePlan(plan, view)
}

/** The command that draws a plan of any kind again, without the flags that no plan keeps. */
export const commandOf = (plan: DrainPlan): string => (isQueuePlan(plan) ? queueDrainCommand(plan) : drainCommand(plan))

/** Commands of other tools that confirm what a run did, as text. */
export const commandsFor = (plan: RunPlan): string => {
  if (isFanoutPlan(plan)) return fanoutCommandsText(plan)
  return isQueuePlan(plan) ? queueCommandsText(plan) : commandsText(plan)
}
