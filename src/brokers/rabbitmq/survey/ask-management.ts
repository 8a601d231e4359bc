import { defined } from '../../../core/defined.js'
import type { QueueNode, QueuePolicy, QueueSurvey } from '../../../core/queue-survey.js'
import { isRecord, type JsonRecord } from '../../../core/revive.js'
import { temporaryQueuePrefix } from '../../../core/temporary-queue.js'
import type { Answer, Management } from '../management.js'
import { literally, mostQueues, nodesOf, pageOf, policiesOf, tagsOf, temporaryQueuesOf } from './cluster-facts.js'
import { samplesQuery } from './counters.js'
import type { MeasureQueue } from './measure.js'

/** What the management API told; absent parts are named in `notes`. */
export type Managed = {
  readonly queue: JsonRecord
  /** Statistics are switched off: there are no rates. */
  readonly withoutRates: boolean
  readonly bindings?: unknown
  readonly nodes: readonly QueueNode[]
  readonly policies?: readonly QueuePolicy[]
  readonly queueLimit?: NonNullable<QueueSurvey['queueLimit']>
  readonly temporaryQueues: QueueSurvey['temporaryQueues']
  readonly tags?: readonly string[]
  /** What could not be had, and why. */
  readonly notes: readonly string[]
}

/**
 * Asks the management API for everything around one queue. `overview` is its answer to `/api/overview`. Gives why, in
 * words, where it does not even tell the queue.
 */
export const askManagement = async (
  api: Management,
  request: MeasureQueue,
  overview: unknown,
): Promise<Managed | string> => {
  const answers = await askAll(api, request)
  if (!answers.own.ok) return answers.own.why
  if (!isRecord(answers.own.value)) return 'what answers there is no management API'
  const notes: string[] = []
  const take = (what: string, answer: Answer): unknown => {
    if (answer.ok) return answer.value
    notes.push(`Unknown: ${what} (management API: ${answer.why})`)
    return undefined
  }
  const queues = pageOf(take('temporary queues of earlier runs', answers.temporary))
  const limit = mostQueues(take('limits of the virtual host', answers.limits))
  return {
    queue: answers.own.value,
    withoutRates: isRecord(overview) && overview.disable_stats === true,
    bindings: take('bindings', answers.bindings),
    nodes: nodesOf(take('memory, disk and alarms of the nodes', answers.nodes)),
    temporaryQueues: temporaryQueuesOf(queues.items),
    ...defined({
      policies: allPolicies(take('policies', answers.policies), take('operator policies', answers.operatorPolicies)),
      queueLimit: limit === undefined ? undefined : { limit, now: queues.total },
      tags: tagsOf(take('tags of the user', answers.whoami)),
    }),
    notes,
  }
}

const askAll = async (api: Management, { vhost, queue, windowMs }: MeasureQueue) => {
  const name = `^${literally(temporaryQueuePrefix(queue))}`
  const page = { page: 1, page_size: 500, name, use_regex: 'true', columns: 'name,messages' }
  const [own, bindings, nodes, policies, operatorPolicies, limits, temporary, whoami] = await Promise.all([
    api.get(['queues', vhost, queue], samplesQuery(windowMs)),
    api.get(['queues', vhost, queue, 'bindings']),
    api.get(['nodes']),
    api.get(['policies', vhost]),
    api.get(['operator-policies', vhost]),
    api.get(['vhost-limits', vhost]),
    api.get(['queues', vhost], page),
    api.get(['whoami']),
  ])
  return { own, bindings, nodes, policies, operatorPolicies, limits, temporary, whoami }
}

/** All policies and operator policies of a virtual host as they are now; undefined where the API does not tell both. Throws as `get` does. */
export const policiesNow = async (api: Management, vhost: string): Promise<readonly QueuePolicy[] | undefined> => {
  const [rules, operatorRules] = await Promise.all([
    api.get(['policies', vhost]),
    api.get(['operator-policies', vhost]),
  ])
  return rules.ok && operatorRules.ok ? allPolicies(rules.value, operatorRules.value) : undefined
}

// Half of the rules would be a false comfort.
const allPolicies = (rules: unknown, operatorRules: unknown): readonly QueuePolicy[] | undefined =>
  rules === undefined || operatorRules === undefined
    ? undefined
    : [...policiesOf(rules, false), ...policiesOf(operatorRules, true)]
