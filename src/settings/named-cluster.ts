import { suggestion } from '../core/did-you-mean.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import { type Cluster, checkSettings } from './check.js'
import { fillIn } from './environment.js'
import { readSettingsFile, usualPlaces } from './locate.js'
import { parseSettings } from './yaml.js'

type From = { readonly config: string | undefined; readonly env: Io['env'] }

/** A cluster of spillway.yaml, and the path of that file. */
export type NamedCluster = Cluster & { readonly name: string; readonly path: string }

/** A cluster of spillway.yaml by its name, of any kind. Throws UserError: no file, no such name, unset variables, problems of the file. */
export const namedCluster = async (name: string, { config, env }: From): Promise<NamedCluster> => {
  const read = await readSettingsFile(config, env)
  if (!read)
    throw new UserError(`There is no cluster "${name}": no settings file was found`, {
      code: 'settings',
      hint: `Looked for ${usualPlaces(env).join(' and ')}. Or write kafka://host:9092/TOPIC?group=G or amqp://host:5672/VHOST/QUEUE.`,
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
  const clusters = checkSettings({ ...file, value })
  const cluster = clusters.get(name)
  if (cluster) return { ...cluster, name, path: read.path }
  throw new UserError(`There is no cluster "${name}" in ${read.path}`, {
    code: 'settings',
    hint: suggestion(name, [...clusters.keys()], 'clusters'),
  })
}
