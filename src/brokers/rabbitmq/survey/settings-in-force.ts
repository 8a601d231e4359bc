import { defined } from '../../../core/defined.js'
import type { QueueArguments } from '../../../core/queue-plan.js'
import type { QueuePolicy, QueueSettings, Setting } from '../../../core/queue-survey.js'

type Value = string | number | boolean

/** What is known of a queue's own arguments and of the policies in force on it. */
export type Sources = {
  readonly type: string
  readonly serverVersion: string
  readonly arguments: QueueArguments
  /** Policy and operator policy merged, as the server merged them. */
  readonly definition: QueueArguments
  readonly policy?: string
  readonly operatorPolicy?: string
  /** All policies of the virtual host, to tell which of the two set a value; empty where they can't be read. */
  readonly policies: readonly QueuePolicy[]
}

// Where both an argument and a policy are there, the lower one counts for these, the argument for all others
// (RabbitMQ documentation, "Parameters and Policies", "TTL", "Queue Length"; rabbit_queue_type, res_min).
const LOWER = new Set(['message-ttl', 'expires', 'max-length', 'max-length-bytes', 'delivery-limit'])

/** Effective settings of a queue, each with what sets it. */
export const settingsInForce = (sources: Sources): QueueSettings => {
  const number = (name: string) => pick<number>(sources, name, 'number')
  const text = (name: string) => pick<string>(sources, name, 'string')
  return defined({
    messageTtl: number('message-ttl'),
    expires: number('expires'),
    maxLength: number('max-length'),
    maxLengthBytes: number('max-length-bytes'),
    overflow: text('overflow'),
    deadLetterExchange: text('dead-letter-exchange'),
    deadLetterRoutingKey: text('dead-letter-routing-key'),
    deliveryLimit: sources.type === 'quorum' ? deliveryLimit(sources) : undefined,
    consumerTimeout: number('consumer-timeout'),
    maxPriority: number('max-priority'),
    singleActiveConsumer: pick<boolean>(sources, 'single-active-consumer', 'boolean'),
  })
}

const pick = <T extends Value>(sources: Sources, name: string, kind: string): Setting<T> | undefined => {
  const own = ofKind<T>(sources.arguments[`x-${name}`], kind)
  const policy = ofKind<T>(sources.definition[name], kind)
  const argument = own === undefined ? undefined : { value: own, by: `argument x-${name}` }
  const rule = policy === undefined ? undefined : { value: policy, by: policyOf(sources, name, policy) }
  if (argument === undefined || rule === undefined) return argument ?? rule
  return LOWER.has(name) && rule.value < argument.value ? rule : argument
}

const ofKind = <T extends Value>(value: Value | undefined, kind: string): T | undefined =>
  typeof value === kind ? (value as T) : undefined

const policyOf = ({ policy, operatorPolicy, policies }: Sources, name: string, value: Value): string => {
  const of = (operator: boolean, wanted: string | undefined) =>
    policies.find(each => each.operator === operator && each.name === wanted)?.definition[name] === value
  if (policy === undefined || of(true, operatorPolicy)) return `operator policy ${operatorPolicy ?? '?'}`
  if (operatorPolicy === undefined || of(false, policy)) return `policy ${policy}`
  return `policy ${policy} or operator policy ${operatorPolicy}`
}

// Quorum queues have a limit of 20 unless told otherwise since 4.0 (RabbitMQ 4.0 release notes); -1 lifts it.
const DEFAULT_DELIVERY_LIMIT = 20

const deliveryLimit = (sources: Sources): Setting<number> | undefined => {
  const given = pick<number>(sources, 'delivery-limit', 'number')
  if (given !== undefined) return given.value < 0 ? undefined : given
  const major = Number(/^\d+/.exec(sources.serverVersion)?.[0] ?? 0)
  return major >= 4 ? { value: DEFAULT_DELIVERY_LIMIT, by: `default of RabbitMQ ${sources.serverVersion}` } : undefined
}
