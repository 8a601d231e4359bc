import { withUser } from '../core/address/queue.js'
import { rateFlags, shellWord } from '../core/command-words.js'
import type { QueuePlan } from '../core/queue-plan.js'
import { count } from './plan-text-trouble.js'

/** The last lines: the command that runs the plan, or that it would be refused. Commands stay on one line. */
export const queueCommandLines = (plan: QueuePlan, given?: string): string[] => {
  const command = `${given ?? queueDrainCommand(plan)} --execute`
  if (plan.refusals.length === 0) return ['Nothing has changed yet. To run it:', command]
  return [
    'Nothing has changed. Once that is cleared:',
    command,
    `--execute would refuse now: ${count(plan.refusals.length, 'reason')}, see above.`,
  ]
}

/** The command that draws this plan again; its counts are those of the moment. */
export const queueDrainCommand = (plan: QueuePlan): string =>
  [
    `spillway drain ${shellWord(withUser(plan.source, plan.user))}`,
    `--factor ${plan.laneQueues.length}`,
    ...(plan.key === undefined ? [] : [`--key ${shellWord(plan.key)}`]),
    ...(plan.key === undefined && plan.singleActiveConsumer ? ['--order none'] : []),
    ...(plan.until === 'now' ? [] : [`--until ${plan.until}`]),
    ...(plan.first === undefined ? [] : [`--first ${plan.first}`]),
    ...(plan.cutOver === 'lanes-first' ? [] : [`--cut-over ${plan.cutOver}`]),
    ...(plan.consumersStopped ? ['--consumers-stopped'] : []),
    ...(plan.maxDriftPercent === 20 ? [] : [`--max-drift ${plan.maxDriftPercent}%`]),
    ...rateFlags(plan.rate),
  ].join(' ')
