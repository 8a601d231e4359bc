import { BrokerError, SpillwayError, UserError } from '../../errors.js'
import { errorCode } from './wire/error-codes.js'
import { isNetworkFailure, networkError } from './wire/network-errors.js'

/** What was being done when a failure came, for its message and hint. */
export type Context = {
  /** In words, as "Reading offsets of topic orders". */
  readonly doing: string
  readonly topic?: string
  readonly group?: string
  readonly transactionalId?: string | null
  /** ACL operation that the request needs, e.g. `Read`. */
  readonly operation?: string
  /** `User:x`, as ACLs name the principal. */
  readonly principal?: string
  /** The broker's own words. */
  readonly message?: string | null
}

/** The resource of an ACL that a refusal is about. */
const RESOURCE: Readonly<Record<string, (context: Context) => string>> = {
  TOPIC_AUTHORIZATION_FAILED: ({ topic }) => `Topic ${topic ?? ''}`.trimEnd(),
  GROUP_AUTHORIZATION_FAILED: ({ group }) => `Group ${group ?? ''}`.trimEnd(),
  CLUSTER_AUTHORIZATION_FAILED: () => 'Cluster kafka-cluster',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: ({ transactionalId }) => `TransactionalId ${transactionalId ?? ''}`.trimEnd(),
}

/** What each refusal asks for where the caller did not say. */
const OPERATION: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: 'Describe',
  GROUP_AUTHORIZATION_FAILED: 'Read',
  CLUSTER_AUTHORIZATION_FAILED: 'Describe',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'Write',
}

/**
 * Maps a failure once to the classes of src/errors.ts: an error code of the protocol, an error of kafkajs or of the
 * network, or one that is mapped already (returned as it is).
 */
export function fromKafka(failure: unknown, context: Context): SpillwayError {
  if (failure instanceof SpillwayError) return failure
  if (typeof failure === 'number') return fromCode(failure, context)
  if (isNetworkFailure(failure)) return networkError(failure, context.doing)
  const cause = failure instanceof Error ? failure : new Error(String(failure))
  return new BrokerError(`${context.doing} failed: ${cause.message}`, { retry: false, cause })
}

/** Throws what `fromKafka` makes of a code other than 0. */
export function check(code: number, context: Context): void {
  if (code !== 0) throw fromCode(code, context)
}

function fromCode(code: number, context: Context): SpillwayError {
  const { name, retriable } = errorCode(code)
  const resource = RESOURCE[name]
  if (resource !== undefined) return forbidden(name, resource(context), context)
  if (name === 'SASL_AUTHENTICATION_FAILED' || name === 'UNSUPPORTED_SASL_MECHANISM' || name === 'ILLEGAL_SASL_STATE')
    return new UserError(`${context.doing} failed: ${name}`, { code: 'credentials', hint: 'Check the sasl settings.' })
  const words = context.message ? `${name}: ${context.message}` : name
  return new BrokerError(`${context.doing} failed: ${words}`, {
    retry: retriable,
    code: name,
    hint: retriable ? 'This may pass by itself; try again.' : (HINTS[name] ?? ''),
  })
}

const HINTS: Readonly<Record<string, string>> = {
  UNSUPPORTED_VERSION: 'This broker is older than Spillway needs (Kafka 2.4).',
  POLICY_VIOLATION: 'A policy of the cluster forbids this; its own words are above.',
  INVALID_REPLICATION_FACTOR: 'Use a replication factor that the living brokers can hold.',
  TOPIC_ALREADY_EXISTS: 'Look at the topic that is there: `spillway runs --cluster C`.',
  NON_EMPTY_GROUP: 'Stop the members of the group first.',
  GROUP_SUBSCRIBED_TO_TOPIC: 'Stop the consumers of this topic first.',
}

function forbidden(name: string, resource: string, context: Context): UserError {
  const grant = `Grant ${context.operation ?? OPERATION[name]} on ${resource} to ${context.principal ?? 'your user'}`
  return new UserError(`${context.doing} is not allowed: ${name}`, { code: 'permission', hint: `${grant}.` })
}
