import { runsOnCluster } from '../../../core/command-words.js'
import { formatBytes, formatCount, formatDuration } from '../../../core/quantity.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import { endWarnings } from '../../plan/warnings-of-end.js'
import { policyNotes } from '../refusals/policies.js'
import type { QueueDraft } from './draft.js'
import { costOfOrder, deliveryWarnings, edits } from './warnings-of-messages.js'

/** What the operator should know before saying yes; the gravest first. None of them refuses the run. */
export const queueWarnings = (survey: QueueBacklog, draft: QueueDraft): readonly string[] => [
  ...lossWarnings(survey, draft),
  ...endWarnings(draft),
  ...blindness(survey, draft),
  ...policyNotes(survey, draft),
  ...costOfOrder(survey, draft),
  ...deliveryWarnings(draft),
  ...edits(survey, draft),
  ...surroundings(survey, draft),
]

const lossWarnings = ({ queue, total }: QueueBacklog, draft: QueueDraft): string[] => {
  const [, slow] = draft.expect.copySeconds
  const { expires } = queue.settings
  const { firstExpiry, full } = total
  return [
    ...(expires === undefined
      ? []
      : [
          `${queue.name} is DELETED with all that is in it after ${formatDuration(expires.value / 1000)} without a consumer (${expires.by}): lift that before you stop the consumers, a hold of the run counts too`,
        ]),
    ...(firstExpiry !== undefined && firstExpiry.by !== expires?.by && firstExpiry.low < slow * 2
      ? [
          `Messages may expire before they are copied (${firstExpiry.by}), which may take ${formatDuration(slow)}: ${firstExpiry.what}; what is missing at the end is reported as expired or taken by others`,
        ]
      : []),
    ...(full !== undefined && full.low < slow * 2
      ? [`${queue.name} reaches its limit (${full.by}): ${full.what}`]
      : []),
  ]
}

const blindness = ({ management, queue }: QueueBacklog, { queueType, nodes }: QueueDraft): string[] => [
  ...(management.available
    ? []
    : [
        `Without the management API (${management.why}) nobody can rule out policies with TTL, limits or dead-lettering on the temporary queues, and alarms, disk and memory are not seen`,
      ]),
  ...(queue.type === 'unknown'
    ? [`The type of ${queue.name} is unknown: ${queueType} queues are made for its copies`]
    : []),
  ...(management.available && nodes.length === 0
    ? ['Memory and disk of the nodes are unknown: look at them before']
    : []),
]

const surroundings = (survey: QueueBacklog, draft: QueueDraft): string[] => {
  const { queue, total, temporaryQueues, consumerCount } = survey
  const earlier = temporaryQueues.filter(({ name }) => !draft.laneQueues.includes(name))
  return [
    ...(queue.durable === false
      ? [`${queue.name} is not durable: a restart of the server loses what is left in it`]
      : []),
    ...((total.unacked ?? 0n) > 0n && consumerCount === 0
      ? [
          `${formatCount(total.unacked ?? 0n)} messages are with a channel that has not acked them: they are not in this plan, and come back when it closes`,
        ]
      : []),
    ...(earlier.length === 0
      ? []
      : [
          `Temporary queues of earlier runs are still there: ${earlier
            .slice(0, 8)
            .map(({ name }) => name)
            .join(
              ', ',
            )}${earlier.length > 8 ? ` and ${earlier.length - 8} more` : ''}; see \`${runsOnCluster(survey.source)}\``,
        ]),
    ...survey.nodes
      .filter(({ memoryUsed, memoryLimit }) => memoryUsed && memoryLimit && memoryUsed * 10n > memoryLimit * 8n)
      .map(
        ({ node, memoryUsed = 0n, memoryLimit = 0n }) =>
          `${node} uses ${formatBytes(memoryUsed)} of the ${formatBytes(memoryLimit)} at which it blocks publishers: the run would hold there`,
      ),
    'What starts consumers by itself undoes the stop: KEDA scales on the queue length, GitOps and supervisors restore the count; pause them first (an HPA rests at 0)',
  ]
}
