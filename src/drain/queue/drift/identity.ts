import type { QueueArguments, QueuePlan } from '../../../core/queue-plan.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import type { Detail } from '../../../errors.js'

/**
 * Whether the plan was drawn for something else: cluster, virtual host, queue, its type, arguments or policies in force.
 * What either side could not see is not compared.
 */
export const queueIdentityDrift = (plan: QueuePlan, survey: QueueBacklog): Detail[] => {
  const { queue } = survey
  const type = queue.type === 'unknown' ? plan.queueType : queue.type
  return [
    ...other('cluster name', plan.clusterName, survey.clusterName),
    ...other('virtual host', plan.vhost, survey.vhost),
    ...other('queue', plan.queue, queue.name),
    ...other('queue type', plan.queueType, type),
    ...both('argument', plan.sourceArguments, queue.arguments),
    ...both('policy setting', plan.sourcePolicies?.definition, queue.definition),
  ]
}

const other = (at: string, planned: string, now: string): Detail[] =>
  planned === now ? [] : [{ at, message: `planned ${planned} / now ${now}` }]

const both = (what: string, planned: QueueArguments | undefined, now: QueueArguments | undefined): Detail[] => {
  if (planned === undefined || now === undefined) return []
  const names = [...new Set([...Object.keys(planned), ...Object.keys(now)])].sort()
  return names.flatMap(name => other(`${what} ${name}`, String(planned[name] ?? 'none'), String(now[name] ?? 'none')))
}
