import { formatCount, formatDuration } from '../../core/quantity.js'
import type { QueueBacklog } from '../../core/queue-survey.js'

/** Shovels at the queue, by name. */
export type ShovelsAt = readonly { readonly name: string; readonly does: 'reads' | 'fills' }[]

const SHOWN = 20

/** Who else has to do with a queue of which a prefix goes: what fills it, where its messages would have gone, one line each. Pure. */
export const affectedBy = (survey: QueueBacklog, shovels: ShovelsAt): readonly string[] => [
  ...bindings(survey),
  ...deadLetters(survey),
  ...federation(survey),
  ...shovels.map(({ name, does }) =>
    does === 'fills' ? `shovel ${name} goes on filling it` : `shovel ${name} reads it, and gets nothing of what goes`,
  ),
  ...members(survey),
]

const bindings = ({ queue: { bindings = [] } }: QueueBacklog): string[] => [
  ...bindings
    .slice(0, SHOWN)
    .map(
      ({ exchange, routingKey }) =>
        `exchange ${exchange} (routing key "${routingKey}") goes on filling it; what it gave to other queues stays there`,
    ),
  ...(bindings.length > SHOWN ? [`and ${formatCount(bindings.length - SHOWN)} more bindings`] : []),
]

/** What is acked or purged is not dead-lettered. rabbitmq.com/docs/dlx */
const deadLetters = ({ queue: { settings } }: QueueBacklog): string[] => {
  const { deadLetterExchange: exchange, deadLetterRoutingKey: key, messageTtl } = settings
  if (exchange === undefined) return []
  const to = `dead-letter exchange ${exchange.value === '' ? '(default)' : exchange.value}${key === undefined ? '' : ` (routing key "${key.value}")`}`
  const ttl =
    messageTtl === undefined ? '' : `, unless it expires before (after ${formatDuration(messageTtl.value / 1000)})`
  return [`${to} of ${exchange.by} gets nothing of what goes${ttl}`]
}

/** Keys that a policy of federation has. rabbitmq.com/docs/federated-queues */
const UPSTREAM = ['federation-upstream', 'federation-upstream-set', 'federation-upstream-pattern']

const federation = ({ queue: { definition = {} } }: QueueBacklog): string[] =>
  UPSTREAM.filter(name => definition[name] !== undefined).map(
    name =>
      `federation (${name} ${definition[name]}) fetches more for its consumers from upstream; what is there stays there`,
  )

const members = ({ queue: { members = [], type } }: QueueBacklog): string[] =>
  type === 'quorum' && members.length > 1 ? [`all ${members.length} members of it: ${members.join(', ')}`] : []
