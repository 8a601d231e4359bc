import { defined } from '../../../core/defined.js'
import type { QueueConsumer, QueuePolicy, QueueView } from '../../../core/queue-survey.js'
import type { JsonRecord } from '../../../core/revive.js'
import { flagOf, listOf, numberOf, recordOf, recordsOf, textOf, textsOf } from '../management/fields.js'
import { scalars } from './cluster-facts.js'
import { settingsInForce } from './settings-in-force.js'

/** What else is needed to read a queue: its bindings, the policies around it, the server's version. */
export type Around = {
  readonly serverVersion: string
  readonly policies: readonly QueuePolicy[]
  /** `/api/queues/V/Q/bindings`. */
  readonly bindings: unknown
}

/** A queue as `/api/queues/V/Q` tells it. */
export const queueView = (name: string, queue: JsonRecord, around: Around): QueueView => {
  const own = scalars(recordOf(queue, 'arguments'))
  const definition = scalars(recordOf(queue, 'effective_policy_definition'))
  const [policy, operatorPolicy] = [textOf(queue, 'policy'), textOf(queue, 'operator_policy')]
  const type = typeOf(textOf(queue, 'type') ?? own['x-queue-type'])
  const { serverVersion, policies } = around
  return {
    name,
    type,
    arguments: own,
    definition,
    settings: settingsInForce({
      type,
      serverVersion,
      policies,
      arguments: own,
      definition,
      ...defined({ policy, operatorPolicy }),
    }),
    bindings: bindingsOf(around.bindings),
    ...defined({
      durable: flagOf(queue, 'durable'),
      exclusive: flagOf(queue, 'exclusive'),
      autoDelete: flagOf(queue, 'auto_delete'),
      state: textOf(queue, 'state'),
      node: textOf(queue, 'leader') ?? textOf(queue, 'node'),
      members: textsOf(queue, 'members'),
      online: textsOf(queue, 'online'),
      policy,
      operatorPolicy,
    }),
  }
}

const typeOf = (type: unknown): QueueView['type'] =>
  type === 'quorum' || type === 'stream' ? type : type === undefined || type === 'classic' ? 'classic' : 'unknown'

// The default exchange binds every queue under its own name; nobody needs to read that.
const bindingsOf = (answer: unknown): NonNullable<QueueView['bindings']> =>
  listOf(answer)
    .filter(binding => textOf(binding, 'source') !== undefined)
    .map(binding => ({ exchange: textOf(binding, 'source') ?? '', routingKey: textOf(binding, 'routing_key') ?? '' }))

/** Who consumes, as far as the statistics know by now: they come in every 5 s. */
export const consumersOf = (queue: JsonRecord): readonly QueueConsumer[] =>
  recordsOf(queue, 'consumer_details').map(consumer => {
    const channel = recordOf(consumer, 'channel_details')
    return {
      tag: textOf(consumer, 'consumer_tag') ?? '?',
      connection: textOf(channel, 'connection_name') ?? '?',
      host: textOf(channel, 'peer_host') ?? '?',
      ...defined({
        user: textOf(channel, 'user'),
        prefetch: numberOf(consumer, 'prefetch_count'),
        active: flagOf(consumer, 'active'),
        exclusive: flagOf(consumer, 'exclusive'),
      }),
    }
  })
