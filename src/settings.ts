import type { KafkaSettings } from './brokers/kafka/settings.js'
import type { Place } from './core/address.js'
import { suggestion } from './core/did-you-mean.js'
import { UserError } from './errors.js'
import type { Io, Presentation } from './io.js'
import { checkSettings } from './settings/check.js'
import { connectionLayers, connectionOf, type Named } from './settings/connection.js'
import { fillIn } from './settings/environment.js'
import { describeLayers } from './settings/layers.js'
import { readSettingsFile, usualPlaces } from './settings/locate.js'
import { parseSettings } from './settings/yaml.js'

const SECRET = ['password', 'token']

/** What settings are resolved from: the `--config` path, the process, how to present. */
export type SettingsContext = { readonly config?: string; readonly io: Io; readonly present?: Presentation }

/**
 * How to reach the cluster of an address: settings file, environment and the address itself, the last wins.
 * Throws a UserError: unknown cluster name, unset variable, problems of the file (all at once), incomplete login.
 */
export const kafkaSettings = async (place: Place, { config, io, present }: SettingsContext): Promise<KafkaSettings> => {
  const { cluster } = place.address
  const named = cluster === undefined ? undefined : await namedCluster(cluster, { config, env: io.env })
  const values = connectionLayers(place, named, io.env)
  const settings = await connectionOf(values, named)
  for (const key of SECRET) remember(io, values.get(key as 'password' | 'token')?.value)
  if (present?.verbose)
    for (const line of describeLayers(values, [...SECRET, 'tls'])) io.err.write(`setting: ${line}\n`)
  return settings
}

const remember = (io: Io, secret: unknown): void => {
  if (typeof secret === 'string') io.secrets?.add(secret)
}

type From = { readonly config: string | undefined; readonly env: Io['env'] }

/** A Kafka cluster of spillway.yaml by its name. Throws as `kafkaSettings` does. */
export const namedCluster = async (name: string, { config, env }: From): Promise<Named> => {
  const read = await readSettingsFile(config, env)
  if (!read)
    throw new UserError(`There is no cluster "${name}": no settings file was found`, {
      code: 'settings',
      hint: `Looked for ${usualPlaces(env).join(' and ')}. Or write kafka://host:9092/TOPIC?group=G.`,
    })
  const file = parseSettings(read.path, read.text)
  const { value, unset } = fillIn(file.value, env)
  const needed = unset.filter(({ at }) => at[0] === 'clusters' && at[1] === name)
  if (needed.length > 0)
    throw new UserError(`Environment variable ${[...new Set(needed.map(one => one.name))].join(', ')} is not set`, {
      code: 'settings',
      hint: `${read.path} asks for it.`,
      details: needed.map(one => ({ at: file.where(one.at), message: `asks for ${one.name}` })),
    })
  return kafkaOnly(name, { path: read.path, clusters: checkSettings({ ...file, value }) })
}

const kafkaOnly = (name: string, file: { path: string; clusters: ReturnType<typeof checkSettings> }): Named => {
  const cluster = file.clusters.get(name)
  if (!cluster)
    throw new UserError(`There is no cluster "${name}" in ${file.path}`, {
      code: 'settings',
      hint: suggestion(name, [...file.clusters.keys()], 'clusters'),
    })
  if (cluster.kind === 'url')
    throw new UserError(`Cluster "${name}" is not Kafka; its kind comes with a later version`, {
      code: 'not-supported',
    })
  return { name, path: file.path, fields: cluster.fields }
}
