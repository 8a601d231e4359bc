import type { QueueBacklog, QueuePolicy } from '../../../core/queue-survey.js'
import { temporaryQueuePrefix } from '../../../core/temporary-queue.js'
import type { DrainRefusal } from '../../refusals.js'
import { quoted } from '../../ways-out/quoted.js'
import type { QueueDraft } from '../plan/draft.js'
import { literally } from '../plan/permissions.js'
import { type Harm, harmToExchanges, harmToQueues } from '../policies/harm.js'
import { type Applied, policiesOn } from '../policies/policies-on.js'

type Judged = Applied & Harm & { readonly what: 'queues' | 'exchanges' }

/** Refusals because a policy would take messages away from the temporary queues; each names it, and how to clear it. */
export const policyRefusals = (survey: QueueBacklog, draft: QueueDraft): DrainRefusal[] =>
  judged(survey, draft)
    .filter(({ fatal }) => fatal.length > 0)
    .map(({ policy, certain, fatal, what }) => ({
      code: 'policy',
      message: `${nameOf(policy)} (pattern "${policy.pattern}", priority ${policy.priority}, applies to ${policy.applyTo}) ${certain ? 'would put' : 'may put'} ${fatal.join(', ')} on the temporary ${what} ${base(draft)}.*`,
      hint: hintFor(policy, draft, what),
      mayClear: true,
    }))

/** What policies take from the temporary queues of a run that is under way, in words, one for each policy. Pure. */
export const threatsToLanes = (policies: readonly QueuePolicy[], draft: QueueDraft): string[] =>
  judged({ policies }, draft)
    .filter(({ fatal }) => fatal.length > 0)
    .map(
      ({ policy, certain, fatal, what }) =>
        `${nameOf(policy)} ${certain ? 'puts' : 'may put'} ${fatal.join(', ')} on the temporary ${what} ${base(draft)}.*`,
    )

/** What policies do to the temporary queues that loses nothing, and is worth knowing. */
export const policyNotes = (survey: QueueBacklog, draft: QueueDraft): string[] => [
  ...(survey.policies === undefined && survey.management.available
    ? ['Policies can not be read: make sure that none puts TTL, limits or dead-lettering on the temporary queues']
    : []),
  ...judged(survey, draft)
    .filter(({ known }) => known.length > 0)
    .map(
      ({ policy, known }) =>
        `${nameOf(policy)} puts ${known.join(', ')} on the temporary queues: more than this run needs`,
    ),
]

const judged = ({ policies = [] }: Pick<QueueBacklog, 'policies'>, draft: QueueDraft): Judged[] => {
  // A tail that is followed has no known size.
  const messages = draft.until === 'now' ? draft.expect.messages : undefined
  const on = (kind: Parameters<typeof policiesOn>[1]) => policiesOn(draft.laneQueues, kind, policies)
  return [
    ...on(draft.queueType).map(each => ({
      ...each,
      ...harmToQueues(each.policy.definition, messages),
      what: 'queues' as const,
    })),
    ...on('exchange').map(each => ({
      ...each,
      ...harmToExchanges(each.policy.definition),
      what: 'exchanges' as const,
    })),
  ]
}

const nameOf = ({ operator, name }: QueuePolicy): string => `${operator ? 'Operator policy' : 'Policy'} ${name}`

const base = ({ laneQueues }: QueueDraft): string => (laneQueues[0] ?? '').replace(/\.\d+$/, '')

// Only one policy of each kind is in force, the one of the highest priority: a harmless one above it hides it. An operator
// policy may hold few keys, and a limit that is never reached is the harmless one among them.
const hintFor = ({ operator, priority }: QueuePolicy, { vhost, queue }: QueueDraft, what: Judged['what']): string => {
  const pattern = `^${literally(temporaryQueuePrefix(queue))}`
  const definition = operator ? '{"max-length":1000000000000}' : '{"overflow":"reject-publish"}'
  const [set, clear] = operator ? ['set_operator_policy', 'clear_operator_policy'] : ['set_policy', 'clear_policy']
  if (what === 'exchanges') return 'Narrow its pattern so that it leaves the temporary exchanges out.'
  return `Narrow its pattern, or put a harmless one above it: \`rabbitmqctl ${set} -p ${quoted(vhost)} --priority ${priority + 1} --apply-to queues spillway-lanes ${quoted(pattern)} ${quoted(definition)}\`; after the restore: \`rabbitmqctl ${clear} -p ${quoted(vhost)} spillway-lanes\`.`
}
