import { UserError } from '../errors.js'
import { defined } from './defined.js'
import { looksLikeTime } from './zone.js'

/** Where a backlog lives, parsed from the command line; never holds a password (that is in `Place`). */
export type KafkaAddress = {
  readonly kind: 'kafka'
  /** The short form's cluster name in spillway.yaml, if it was used; `brokers` is then empty. */
  readonly cluster?: string
  /** host:port, in the order given; an IPv6 host keeps its brackets. */
  readonly brokers: readonly string[]
  readonly topic?: string
  readonly group?: string
}
export type Address = KafkaAddress

/** User and password that stood in an address. Used to connect, never stored, never printed. */
export type Credentials = { readonly username: string; readonly password?: string }

/** An address together with the credentials it was given with. */
export type Place = { readonly address: KafkaAddress; readonly credentials?: Credentials }

const FORM = 'Write kafka://host:9092/TOPIC?group=G, or NAME/TOPIC?group=G with a cluster from spillway.yaml.'
const LATER = /^(amqps?|postgres|postgresql|mysql|mariadb|file|archive|parked):/i

/** Parses both forms, with or without topic and group. Throws UserError; the message shows no password. */
export const parseAddress = (text: string): Place => {
  const later = LATER.exec(text)
  if (later)
    throw new UserError(`${later[1]}: addresses come with a later version`, { code: 'not-supported', hint: FORM })
  if (looksLikeTime(text)) throw new UserError(`"${text}" is a time, not an address`, { hint: FORM })
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)
  if (!scheme) return { address: named(text) }
  if (scheme[1]?.toLowerCase() !== 'kafka')
    throw new UserError(`Unknown kind of address "${scheme[1]}://"`, { hint: FORM })
  return direct(text.slice(scheme[0].length))
}

const named = (text: string): KafkaAddress => {
  const { head, path, query } = split(text)
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(head))
    throw new UserError(text.includes('@') ? 'A login needs kafka:// in front' : `"${text}" is not an address`, {
      hint: FORM,
    })
  return { kind: 'kafka', cluster: head, brokers: [], ...target(path, query) }
}

const direct = (rest: string): Place => {
  const { credentials, bare } = login(rest)
  const { head, path, query } = split(bare)
  if (head.includes('@') || (query.includes('@') && !query.startsWith('group=')))
    throw new UserError('The login in the address cannot be read', {
      hint: 'Write "@", "/" and "?" in a password as %40, %2F and %3F.',
    })
  const brokers = head.split(',').filter(Boolean).map(broker)
  if (brokers.length === 0) throw new UserError('The address names no broker', { hint: FORM })
  return { address: { kind: 'kafka', brokers, ...target(path, query) }, ...defined({ credentials }) }
}

// A password may hold "/" or "@" unencoded, so the login ends at the last "@" that a host list can follow.
const login = (rest: string): { credentials?: Credentials; bare: string } => {
  const match = /^([^:@/?]*)(?::(.*))?@(?=[^@]*$)/.exec(rest.split('?')[0] ?? '')
  if (!match) return { bare: rest }
  const username = decode(match[1] ?? '')
  if (!username)
    throw new UserError('The address has a password but no user', {
      hint: 'Write kafka://user:password@host:9092/TOPIC.',
    })
  const password = match[2] === undefined ? undefined : decode(match[2])
  return { credentials: { username, ...defined({ password }) }, bare: rest.slice(match[0].length) }
}

const split = (text: string): { head: string; path: string; query: string } => {
  const [before = '', ...query] = text.split('?')
  const slash = before.indexOf('/')
  const head = slash < 0 ? before : before.slice(0, slash)
  return { head, path: slash < 0 ? '' : before.slice(slash + 1), query: query.join('?') }
}

const broker = (text: string): string => {
  const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(?::(\d+))?$/.exec(text)
  const port = match?.[2] === undefined ? 9092 : Number(match[2])
  if (!match || port < 1 || port > 65535)
    throw new UserError(`"${text}" is not a broker`, {
      hint: 'Write host:port; an IPv6 host goes in brackets: [::1]:9092.',
    })
  return `${match[1]}:${port}`
}

const target = (path: string, query: string): { topic?: string; group?: string } => {
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

// Legal topic names: Kafka's org.apache.kafka.common.internals.Topic (letters, digits, ._-, at most 249).
const topicName = (name: string): string => {
  if (/^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..') return name
  throw new UserError(`"${name}" is not a legal topic name`, {
    hint: 'Letters, digits, ".", "_" and "-", at most 249 of them.',
  })
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new UserError('A "%" in the address is not followed by two hex digits', {
      hint: 'Write a percent sign as %25.',
      cause,
    })
  }
}

/** Any text with the passwords of the addresses in it replaced by `***`. */
export const maskAddress = (text: string): string =>
  text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:@/"'`]*):[^\s"'`]*@/gi, '$1:***@')

/** The address as text that can be typed again; never with credentials. */
export const formatAddress = (address: KafkaAddress): string => {
  const head = address.cluster ?? `kafka://${address.brokers.join(',')}`
  const path = address.topic === undefined ? '' : `/${address.topic}`
  return `${head}${path}${address.group === undefined ? '' : `?group=${encodeURIComponent(address.group)}`}`
}
