import { UserError } from '../../errors.js'
import { defined } from '../defined.js'
import { type Credentials, decode, hostPort, login, split, unreadableLogin } from './parts.js'

/** A Kafka cluster, or a topic and group of it; never holds a password. */
export type KafkaAddress = {
  readonly kind: 'kafka'
  /** The short form's cluster name in spillway.yaml, if it was used; `brokers` is then empty. */
  readonly cluster?: string
  /** host:port, in the order given; an IPv6 host keeps its brackets. */
  readonly brokers: readonly string[]
  readonly topic?: string
  readonly group?: string
}

/** What follows `kafka://`. Throws UserError; the message shows no password. */
export const parseKafka = (rest: string, form: string): { address: KafkaAddress; credentials?: Credentials } => {
  const { credentials, bare } = login(rest, 'kafka://user:PASSWORD@host:9092/TOPIC')
  const { head, path, query } = split(bare)
  if (head.includes('@') || (query.includes('@') && !query.startsWith('group='))) throw unreadableLogin()
  const brokers = head.split(',').filter(Boolean).map(broker)
  if (brokers.length === 0) throw new UserError('The address names no broker', { hint: form })
  return { address: { kind: 'kafka', brokers, ...topicAndGroup(path, query) }, ...defined({ credentials }) }
}

const broker = (text: string): string => {
  const found = hostPort(text, 9092)
  if (found) return `${found.host}:${found.port}`
  throw new UserError(`"${text}" is not a broker`, {
    hint: 'Write host:port; an IPv6 host goes in brackets: [::1]:9092.',
  })
}

/** Topic and group of an address, decoded. Throws UserError. */
export const topicAndGroup = (path: string, query: string): { topic?: string; group?: string } => {
  const topic = path === '' ? undefined : topicName(decode(path.replace(/\/$/, '')))
  let group: string | undefined
  for (const pair of query.split('&').filter(Boolean)) {
    const [name = '', ...value] = pair.split('=')
    if (name !== 'group')
      throw new UserError(`Unknown part "${name}" after the "?" of an address`, {
        hint: 'Only group is known: ?group=G.',
      })
    group = decode(value.join('=').replaceAll('+', '%20'))
    if (group === '') throw new UserError('The group in the address is empty', { hint: 'Write ?group=G.' })
  }
  return defined({ topic, group })
}

/**
 * The name, where it is a legal one. Throws UserError. Legal topic names: Kafka's org.apache.kafka.common.internals.Topic (letters, digits,
 * ._-, at most 249).
 */
export const topicName = (name: string): string => {
  if (/^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..') return name
  throw new UserError(`"${name}" is not a legal topic name`, {
    hint: 'Letters, digits, ".", "_" and "-", at most 249 of them.',
  })
}
