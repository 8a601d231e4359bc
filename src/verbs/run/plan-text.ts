import { byKind } from '../../core/by-kind.js'
import type { DrainPlan, RunPlan } from '../../core/plan.js'
import { isQueuePlan } from '../../core/plan-names.js'
import { takesInWords } from '../../fanout/plan/takes.js'
import { commandsText } from '../../report/commands-text.js'
import { discardCommandsText } from '../../report/discard-commands-text.js'
import { describeDiscard } from '../../report/discard-plan-text.js'
import { fanoutCommandsText } from '../../report/fanout-commands-text.js'
import { describeFanout } from '../../report/fanout-plan-text.js'
import { describePlan, type PlanView } from '../../report/plan-text.js'
import { drainCommand } from '../../report/plan-text-command.js'
import { queueCommandsText } from '../../report/queue-commands-text.js'
import { describeQueuePlan } from '../../report/queue-plan-text.js'
import { queueDrainCommand } from '../../report/queue-plan-text-command.js'
import { replayCommandsText } from '../../report/replay-commands-text.js'
import { describeReplay } from '../../report/replay-plan-text.js'

/** A plan of any kind as text. */
export const planText = (plan: RunPlan, view: PlanView = {}): string =>
  byKind(plan, {
    drain: drain => (isQueuePlan(drain) ? describeQueuePlan(drain, view) : describePlan(drain, view)),
    fanout: fanout => describeFanout(fanout, { ...view, takes: takesInWords(fanout) }),
    discard: discard => describeDiscard(discard, view),
    replay: replay => describeReplay(replay, view),
  })

/** The command that draws a plan of any kind again, without the flags that no plan keeps. */
export const commandOf = (plan: DrainPlan): string => (isQueuePlan(plan) ? queueDrainCommand(plan) : drainCommand(plan))

/** Commands of other tools that confirm what a run did, as text. */
export const commandsFor = (plan: RunPlan): string =>
  byKind(plan, {
    drain: drain => (isQueuePlan(drain) ? queueCommandsText(drain) : commandsText(drain)),
    fanout: fanoutCommandsText,
    discard: discardCommandsText,
    replay: replayCommandsText,
  })
