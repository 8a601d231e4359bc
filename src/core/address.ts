import { UserError } from '../errors.js'
import { type KafkaAddress, parseKafka, topicAndGroup, topicName } from './address/kafka.js'
import { type Credentials, decode, split } from './address/parts.js'
import { assertNoQuery, formatQueue, parseQueue, type QueueAddress, queueName } from './address/queue.js'
import { looksLikeTime } from './zone.js'

export type { KafkaAddress } from './address/kafka.js'
export type { Credentials } from './address/parts.js'
export type { QueueAddress } from './address/queue.js'

/** `NAME` or `NAME/TARGET` without a group: only spillway.yaml knows what kind of broker NAME is. */
export type NamedAddress = { readonly kind: 'named'; readonly cluster: string; readonly name?: string }

/** Where a backlog lives, parsed from the command line; never holds a password (that is in `Place`). */
export type Address = KafkaAddress | QueueAddress | NamedAddress

/** An address together with the credentials it was given with. */
export type Place<A extends Address = Address> = { readonly address: A; readonly credentials?: Credentials }

const FORM =
  'Write kafka://host:9092/TOPIC?group=G, amqp://user@host:5672/VHOST/QUEUE, or NAME/TOPIC?group=G or NAME/QUEUE with a cluster from spillway.yaml.'
const DATABASE = /^(postgres|postgresql|mysql|mariadb):/i
const LATER = /^(file):/i
/** They name no broker: only `replay` and `ledger` take them, by `parseRunAddress`. */
const OF_RUN = /^(archive|parked):/i

/** Parses all forms, with or without topic, group or queue. Throws UserError; the message shows no password. */
export const parseAddress = (text: string): Place => {
  const database = DATABASE.exec(text)
  if (database)
    throw new UserError(`${database[1]}: addresses are what \`replay\` reads`, {
      code: 'not-supported',
      hint: `spillway replay ${database[1]}://user@host/DB --table T --key COL --time COL --to TARGET. ${FORM}`,
    })
  const later = LATER.exec(text)
  if (later)
    throw new UserError(`${later[1]}: addresses come with a later version`, { code: 'not-supported', hint: FORM })
  const ofRun = OF_RUN.exec(text)
  if (ofRun)
    throw new UserError(`${ofRun[1]}: addresses are what \`replay\` reads`, {
      code: 'not-supported',
      hint: `spillway replay ${ofRun[1]}:RUN --to TARGET. ${FORM}`,
    })
  if (looksLikeTime(text)) throw new UserError(`"${text}" is a time, not an address`, { hint: FORM })
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)
  if (!scheme) return { address: named(text) }
  const rest = text.slice(scheme[0].length)
  switch (scheme[1]?.toLowerCase()) {
    case 'kafka':
      return parseKafka(rest, FORM)
    case 'amqp':
      return parseQueue(rest, { tls: false })
    case 'amqps':
      return parseQueue(rest, { tls: true })
    default:
      throw new UserError(`Unknown kind of address "${scheme[1]}://"`, { hint: FORM })
  }
}

const named = (text: string): KafkaAddress | NamedAddress => {
  const { head, path, query } = split(text)
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(head))
    throw new UserError(
      text.includes('@') ? 'A login needs kafka:// or amqp:// in front' : `"${text}" is not an address`,
      { hint: FORM },
    )
  // Only Kafka has groups, so this one needs no look into the settings.
  if (query.startsWith('group=')) return { kind: 'kafka', cluster: head, brokers: [], ...topicAndGroup(path, query) }
  assertNoQuery(query)
  if (path.replace(/\/$/, '').includes('/'))
    throw new UserError(`"${text}" has too many parts`, { hint: 'Write NAME/QUEUE; a "/" in its name is %2F.' })
  const name = decode(path.replace(/\/$/, ''))
  return { kind: 'named', cluster: head, ...(name === '' ? {} : { name }) }
}

/** The address as one of Kafka's. Throws UserError where it is none. */
export const asKafka = (address: Address): KafkaAddress => {
  if (address.kind === 'kafka') return address
  if (address.kind === 'rabbitmq') throw otherKind(address, 'Kafka')
  const { cluster, name } = address
  return { kind: 'kafka', cluster, brokers: [], ...(name === undefined ? {} : { topic: topicName(name) }) }
}

/** The address as one of RabbitMQ's. Throws UserError where it is none. */
export const asQueue = (address: Address): QueueAddress => {
  if (address.kind === 'rabbitmq') return address
  if (address.kind === 'kafka') throw otherKind(address, 'RabbitMQ')
  const { cluster, name } = address
  return { kind: 'rabbitmq', cluster, ...(name === undefined ? {} : { queue: queueName(name) }) }
}

const otherKind = (address: Address, wanted: string): UserError =>
  new UserError(`${formatAddress(address)} is not an address of ${wanted}`, { hint: FORM })

/** Any text with the passwords of the addresses in it replaced by `***`; what only stands for one in an example stays. */
export const maskAddress = (text: string): string =>
  text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:@/"'`]*):([^\s"'`]*)@/gi, (whole, before: string, password: string) =>
    EXAMPLE.test(password) ? whole : `${before}:***@`,
  )

const EXAMPLE = /^(\$\{\w+\}|PASSWORD)$/

/** The address as text that can be typed again; never with credentials. */
export const formatAddress = (address: Address): string => {
  if (address.kind === 'rabbitmq') return formatQueue(address)
  if (address.kind === 'named') return formatQueue({ ...asQueue(address) })
  const head = address.cluster ?? `kafka://${address.brokers.join(',')}`
  const path = address.topic === undefined ? '' : `/${address.topic}`
  return `${head}${path}${address.group === undefined ? '' : `?group=${encodeURIComponent(address.group)}`}`
}
