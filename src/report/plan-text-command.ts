import { rateFlags, shellWord } from '../core/command-words.js'
import type { KafkaPlan } from '../core/plan.js'
import { count } from './plan-text-trouble.js'

/** The last lines: the command that runs the plan, or that it would be refused. Commands stay on one line. */
export const commandLines = (plan: KafkaPlan, given?: string): string[] => {
  const command = `${given ?? drainCommand(plan)} --execute`
  if (plan.refusals.length === 0) return ['Nothing has changed yet. To run it:', command]
  return [
    'Nothing has changed. Once that is cleared:',
    command,
    `--execute would refuse now: ${count(plan.refusals.length, 'reason')}, see above.`,
  ]
}

/** The command that draws this plan again; its ends are those of the moment. */
export const drainCommand = (plan: KafkaPlan): string =>
  [
    `spillway drain ${shellWord(plan.source)}`,
    `--factor ${plan.factor}`,
    ...(plan.order === 'none' ? ['--order none'] : []),
    ...(plan.until === 'now' ? [] : [`--until ${plan.until}`]),
    ...(isTemporary(plan) ? [] : [`--to ${shellWord(plan.target)}`]),
    ...(plan.first === undefined ? [] : [`--first ${plan.first}`]),
    ...(plan.guarantee === 'counting' && plan.clusterId === plan.targetClusterId ? ['--exactly-once counting'] : []),
    ...(plan.compress === undefined ? [] : [`--compress ${plan.compress}`]),
    ...(plan.cutOver === 'lanes-first' ? [] : [`--cut-over ${plan.cutOver}`]),
    ...(plan.consumersStopped ? ['--consumers-stopped'] : []),
    ...(plan.maxDriftPercent === 20 ? [] : [`--max-drift ${plan.maxDriftPercent}%`]),
    ...rateFlags(plan.rate),
    ...(plan.lanesGroup === undefined ? [] : [`--group ${shellWord(plan.lanesGroup)}`]),
  ].join(' ')

const isTemporary = ({ clusterId, targetClusterId, targetTopic, run }: KafkaPlan): boolean =>
  clusterId === targetClusterId && targetTopic.endsWith(`.spill.${run}`)
