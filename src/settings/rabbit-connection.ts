import type { RabbitSettings } from '../brokers/rabbitmq/settings.js'
import { GUEST } from '../core/address/queue.js'
import { type Place, parseAddress, type QueueAddress } from '../core/address.js'
import { defined } from '../core/defined.js'
import { UserError } from '../errors.js'
import { type Resolved, resolveLayers } from './layers.js'
import type { TlsFile, UrlCluster } from './schema.js'
import { readTls } from './tls.js'

type Env = Readonly<Record<string, string | undefined>>

/** What a connection to RabbitMQ is made of, as flat values, so that each remembers its origin. */
export type RabbitValues = {
  server: NonNullable<QueueAddress['server']>
  vhost: string
  username: string
  password: string
  tls: UrlCluster['tls']
  management: string
  production: boolean
}

/** A named RabbitMQ cluster of the settings file. */
export type NamedUrl = { readonly name: string; readonly path: string; readonly fields: UrlCluster }

/** Layers, weakest first: the server's own guest, environment, settings file, address, `--management`. Throws UserError. */
export const rabbitLayers = (
  { address, credentials }: Place<QueueAddress>,
  named: NamedUrl | undefined,
  given: { readonly env: Env; readonly management: string | undefined },
): Resolved<RabbitValues> => {
  const inFile = named === undefined ? undefined : placeOf(named)
  const login = credentials !== undefined || inFile?.credentials !== undefined
  return resolveLayers<RabbitValues>([
    { origin: 'default', values: login ? {} : { username: GUEST, password: GUEST } },
    { origin: 'SPILLWAY_PASSWORD', values: { password: given.env.SPILLWAY_PASSWORD || undefined } },
    {
      origin: named?.path ?? '',
      values: named && inFile ? { ...flat(inFile), ...defined({ ...pick(named.fields) }) } : {},
    },
    { origin: 'address', values: flat({ address, ...defined({ credentials }) }) },
    { origin: '--management', values: { management: given.management } },
  ])
}

const pick = ({ tls, management, production }: UrlCluster) => ({ tls, management, production })

const flat = ({ address, credentials }: Place<QueueAddress>) => ({
  server: address.server,
  vhost: address.vhost,
  username: credentials?.username,
  password: credentials?.password,
})

/** What `url` of a named cluster says. Throws UserError where it is not RabbitMQ's or names a queue. */
const placeOf = ({ name, path, fields }: NamedUrl): Place<QueueAddress> => {
  const at = `clusters.${name}.url`
  const place = parsed(fields.url, at, path)
  if (place.address.kind === 'rabbitmq' && place.address.queue === undefined)
    return { ...place, address: place.address }
  throw new UserError(`${at} in ${path} is not a server of RabbitMQ`, {
    code: 'settings',
    hint: 'Write amqps://user@host:5671/VHOST there, without a queue.',
  })
}

const parsed = (url: string, at: string, path: string): Place => {
  try {
    return parseAddress(url)
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause
    throw new UserError(`${at} in ${path}: ${cause.message}`, { code: 'settings', hint: cause.hint, cause })
  }
}

/** The settings that the RabbitMQ adapter takes. Throws a UserError where a password is missing or a TLS file unreadable. */
export const rabbitConnectionOf = async (
  values: Resolved<RabbitValues>,
  named: NamedUrl | undefined,
): Promise<RabbitSettings> => {
  const get = <K extends keyof RabbitValues>(key: K) => values.get(key)?.value as RabbitValues[K] | undefined
  const server = get('server')
  if (server === undefined) throw new UserError('The address names no server', { code: 'settings' })
  const [username = GUEST, password] = [get('username'), get('password')]
  if (password === undefined)
    throw new UserError(`User ${username} of RabbitMQ needs a password`, {
      code: 'credentials',
      hint: 'Set SPILLWAY_PASSWORD, or url: "amqps://user:${NAME}@host/VHOST" in spillway.yaml. For a run or a plan, --source ADDRESS names another user.',
    })
  const tls = await tlsOf(get('tls') ?? server.tls, { server, named })
  return {
    host: server.host.replace(/^\[|\]$/g, ''),
    port: server.port,
    vhost: get('vhost') ?? '/',
    username,
    password,
    ...defined({ tls, managementUrl: get('management'), production: get('production') }),
  }
}

type For = { readonly server: RabbitValues['server']; readonly named: NamedUrl | undefined }

/** `amqps://` wants TLS whatever the file says; a plain `amqp://` with `tls` in the file is a contradiction. */
const tlsOf = async (tls: UrlCluster['tls'], { server, named }: For): Promise<RabbitSettings['tls']> => {
  if (tls === false || tls === undefined) return server.tls ? true : undefined
  if (!server.tls)
    throw new UserError(`clusters.${named?.name} has tls, but its url begins with amqp://`, {
      code: 'settings',
      hint: 'Write amqps://, or take tls away.',
    })
  if (tls === true) return true
  return readTls(tls as TlsFile, { settingsPath: named?.path ?? '.', at: `clusters.${named?.name}.tls` })
}
