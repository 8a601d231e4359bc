import { formatCount } from '../../../core/quantity.js'
import type { QueueArguments } from '../../../core/queue-plan.js'

/** What a policy's settings would do to temporary queues: what loses messages there, and what is only worth knowing. */
export type Harm = { readonly fatal: readonly string[]; readonly known: readonly string[] }

const OF_QUEUES = [
  'message-ttl',
  'expires',
  'max-length-bytes',
  'dead-letter-exchange',
  'federation-upstream',
  'federation-upstream-set',
  'federation-upstream-pattern',
]
// With an alternate exchange a copy that reaches no queue is confirmed without being returned.
const OF_EXCHANGES = [
  'alternate-exchange',
  'federation-upstream',
  'federation-upstream-set',
  'federation-upstream-pattern',
]

/**
 * Judges a definition against queues that take up to `messages` in all: undefined where nobody knows how many come. A
 * length limit above that is only worth knowing.
 */
export const harmToQueues = (definition: QueueArguments, messages: bigint | undefined): Harm => {
  const limit = definition['max-length']
  const roomy = typeof limit === 'number' && messages !== undefined && BigInt(Math.floor(limit)) >= messages
  const named = told(definition, OF_QUEUES)
  if (limit === undefined) return { fatal: named, known: [] }
  const words = `max-length=${typeof limit === 'number' ? formatCount(limit) : limit}`
  return roomy ? { fatal: named, known: [words] } : { fatal: [...named, words], known: [] }
}

/** The same for the exchange before each queue. */
export const harmToExchanges = (definition: QueueArguments): Harm => ({
  fatal: told(definition, OF_EXCHANGES),
  known: [],
})

const told = (definition: QueueArguments, names: readonly string[]): string[] =>
  names.flatMap(name => (definition[name] === undefined ? [] : [`${name}=${definition[name]}`]))
