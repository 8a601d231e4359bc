import type { KafkaPlan, Rate } from '../core/plan.js'
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
    `spillway drain ${quoted(plan.source)}`,
    `--factor ${plan.factor}`,
    ...(plan.order === 'none' ? ['--order none'] : []),
    ...(plan.until === 'now' ? [] : [`--until ${plan.until}`]),
    ...(isTemporary(plan) ? [] : [`--to ${quoted(plan.target)}`]),
    ...(plan.first === undefined ? [] : [`--first ${plan.first}`]),
    ...(plan.guarantee === 'counting' && plan.clusterId === plan.targetClusterId ? ['--exactly-once counting'] : []),
    ...(plan.compress === undefined ? [] : [`--compress ${plan.compress}`]),
    ...(plan.cutOver === 'lanes-first' ? [] : [`--cut-over ${plan.cutOver}`]),
    ...(plan.consumersStopped ? ['--consumers-stopped'] : []),
    ...(plan.maxDriftPercent === 20 ? [] : [`--max-drift ${plan.maxDriftPercent}%`]),
    ...rateFlags(plan.rate),
    ...(plan.lanesGroup === undefined ? [] : [`--group ${quoted(plan.lanesGroup)}`]),
  ].join(' ')

const isTemporary = ({ clusterId, targetClusterId, targetTopic, run }: KafkaPlan): boolean =>
  clusterId === targetClusterId && targetTopic.endsWith(`.spill.${run}`)

const rateFlags = (rate: Rate | undefined): string[] => [
  ...(rate?.messages === undefined ? [] : [`--rate ${rate.messages}`]),
  ...(rate?.bytes === undefined ? [] : [`--rate ${rate.bytes}B`]),
]

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
