import { formatCount } from '../../../core/quantity.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import { quoted } from '../../ways-out/quoted.js'
import type { QueueDraft } from './draft.js'
import { literally } from './permissions.js'
import { keyInWords } from './words.js'

/** What the choice of order costs. */
export const costOfOrder = ({ queue }: QueueBacklog, { key, cutOver, singleActiveConsumer }: QueueDraft): string[] => [
  ...(key === undefined
    ? [
        singleActiveConsumer
          ? `--order none gives up the order that the single active consumer of ${queue.name} kept`
          : 'No order: messages go round robin to the lanes, and may be handled in any order or at once (consumers that compete for a queue are promised none either); --key keeps it per key',
      ]
    : [
        `Lanes are chosen by ${keyInWords(key)}: messages with the same one stay in order; those without one go round robin`,
        ...oneKey(queue, key),
      ]),
  ...(key !== undefined && cutOver === 'fresh-first'
    ? ['--cut-over fresh-first gives up the order of each key between the backlog and what arrives after it']
    : []),
  ...(queue.settings.maxPriority === undefined
    ? []
    : [`Priorities (up to ${queue.settings.maxPriority.value}) are kept, within each lane only`]),
]

// Publishers that name the queue itself do so by its routing key.
const oneKey = ({ name, bindings }: QueueBacklog['queue'], key: string): string[] =>
  key === 'routing-key' && bindings?.length === 0
    ? [
        `Nothing but the default exchange is bound to ${name}: if all messages have its name as their routing key, one lane gets them all`,
      ]
    : []

/** What interruptions cost on a quorum queue, and how to get more room. */
export const deliveryWarnings = ({ deliveryLimit, vhost, queue, prefetch }: QueueDraft): string[] => {
  if (deliveryLimit === undefined) return []
  const { limit, by } = deliveryLimit
  return [
    `delivery-limit ${limit} (${by}): each interruption spends one delivery of up to ${formatCount(prefetch)} messages at the head; the run stops with 4 when one comes within 3 of it. To raise it: \`rabbitmqctl set_policy -p ${quoted(vhost)} --priority 999 --apply-to quorum_queues spillway-deliveries ${quoted(`^${literally(queue)}$`)} '{"delivery-limit":${limit + 100}}'\` (it replaces the policy in force there)`,
  ]
}

/** The edits that are made to messages. */
export const edits = ({ user, management }: QueueBacklog, { setAside }: QueueDraft): string[] => [
  'Bytes are kept but for these edits: a property expiration moves to the header x-spillway-expiration (it would kill the copy)' +
    (setAside.userId
      ? `, and a user-id other than ${user.name} to x-spillway-user-id${management.available && user.tags === undefined ? ' (unless the user may impersonate)' : ''}; undo puts both back`
      : '; user-id stays, as this user may impersonate; undo puts it back') +
    (setAside.deliveryCounts
      ? '. The headers x-delivery-count and x-acquired-count, which the quorum queue itself adds to a message that it delivers again, are left out of the copy'
      : ''),
]
