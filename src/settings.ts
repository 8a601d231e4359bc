import type { KafkaSettings } from './brokers/kafka/settings.js'
import type { RabbitSettings } from './brokers/rabbitmq/settings.js'
import { assertSource } from './core/address/source.js'
import { asKafka, asQueue, formatAddress, type KafkaAddress, type Place, type QueueAddress } from './core/address.js'
import { UserError } from './errors.js'
import type { Io, Presentation } from './io.js'
import { connectionLayers, connectionOf, type Named } from './settings/connection.js'
import { describeLayers, type Resolved } from './settings/layers.js'
import { type NamedCluster, namedCluster } from './settings/named-cluster.js'
import { type NamedUrl, rabbitConnectionOf, rabbitLayers } from './settings/rabbit-connection.js'

const SECRET = ['password', 'token'] as const

/** What settings are resolved from: the `--config` path, the process, how to present. */
export type SettingsContext = {
  readonly config?: string | undefined
  readonly io: Io
  readonly present?: Presentation
  /** `--management`. */
  readonly management?: string | undefined
}

/**
 * How to reach the Kafka cluster of an address: settings file, environment and the address itself, the last wins.
 * Throws a UserError: unknown cluster name, unset variable, problems of the file (all at once), incomplete login, another kind.
 */
export const kafkaSettings = async (place: Place, context: SettingsContext): Promise<KafkaSettings> => {
  const address = asKafka(place.address)
  const named = await look(address.cluster, context)
  const values = connectionLayers({ ...place, address }, named && kafkaOnly(named), context.io.env)
  const settings = await connectionOf(values, named && kafkaOnly(named))
  told(values, context)
  return settings
}

/** How to reach the RabbitMQ server of an address; as `kafkaSettings`. */
export const rabbitSettings = async (place: Place, context: SettingsContext): Promise<RabbitSettings> => {
  const address = asQueue(place.address)
  const named = await look(address.cluster, context)
  const given = { env: context.io.env, management: context.management }
  const values = rabbitLayers({ ...place, address }, named && rabbitOnly(named), given)
  const settings = await rabbitConnectionOf(values, named && rabbitOnly(named))
  told(values, context)
  return settings
}

/**
 * The place with the kind of its broker, which of a named cluster stands in the settings file; `source` must name a topic and group, or a
 * queue. Throws UserError.
 */
export const resolvePlace = async (
  place: Place,
  context: SettingsContext,
  { source = false } = {},
): Promise<Place<KafkaAddress> | Place<QueueAddress>> => {
  const resolved = await withKind(place, context)
  if (source) assertSource(resolved.address)
  return resolved
}

const withKind = async (place: Place, context: SettingsContext): Promise<Place<KafkaAddress> | Place<QueueAddress>> => {
  const { address } = place
  if (address.kind === 'rabbitmq') return { ...place, address }
  if (address.kind === 'kafka' && address.cluster === undefined) return { ...place, address }
  const named = await look(address.cluster, context)
  if (named?.kind !== 'url') return { ...place, address: asKafka(address) }
  if (address.kind === 'named') return { ...place, address: asQueue(address) }
  const shown = formatAddress({ kind: 'named', cluster: named.name, ...(address.topic && { name: address.topic }) })
  throw new UserError(`Cluster "${named.name}" in ${named.path} is RabbitMQ: a queue has no group`, {
    hint: `Write ${shown}.`,
  })
}

const look = async (name: string | undefined, { config, io }: SettingsContext): Promise<NamedCluster | undefined> =>
  name === undefined ? undefined : namedCluster(name, { config, env: io.env })

const kafkaOnly = (named: NamedCluster): Named => {
  if (named.kind === 'kafka') return named
  throw new UserError(`Cluster "${named.name}" in ${named.path} is not Kafka`, {
    hint: 'Name another cluster, or write kafka://host:9092/TOPIC?group=G.',
  })
}

const rabbitOnly = (named: NamedCluster): NamedUrl => {
  if (named.kind === 'url') return named
  throw new UserError(`Cluster "${named.name}" in ${named.path} is not RabbitMQ`, {
    hint: 'Name another cluster, or write amqp://user@host:5672/VHOST/QUEUE.',
  })
}

/** Secrets are known from now on and masked; `--verbose` says where each value comes from. */
const told = <T extends object>(values: Resolved<T>, { io, present }: SettingsContext): void => {
  // The login that every server comes with is no secret; masking it would garble its user's name.
  for (const [key, { value, origin }] of values)
    if (SECRET.some(secret => secret === key) && origin !== 'default' && typeof value === 'string')
      io.secrets?.add(value)
  if (present?.verbose)
    for (const line of describeLayers(values, [...SECRET, 'tls'])) io.err.write(`setting: ${line}\n`)
}
