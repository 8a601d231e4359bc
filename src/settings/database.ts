import { type DatabaseAddress, parseDatabase } from '../core/address/database.js'
import type { Credentials } from '../core/address.js'
import type { DatabaseOptions } from '../databases/options.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import { namedCluster } from './named-cluster.js'
import type { TlsFile } from './schema.js'
import { readTls } from './tls.js'

/** A database, or the name of one in spillway.yaml. */
export type DatabaseOrName = {
  readonly address: DatabaseAddress | { readonly kind: 'named'; readonly cluster: string }
  readonly credentials?: Credentials
}

type Context = { readonly io: Io; readonly config?: string | undefined }

/**
 * How to reach a database: for user and password the address wins, then the settings file, then the environment. Throws UserError: unknown name, unset variable,
 * problems of the file. https://www.postgresql.org/docs/current/libpq-envars.html
 */
export async function databaseOptions(place: DatabaseOrName, { io, config }: Context): Promise<DatabaseOptions> {
  const { address } = place
  if (address.kind !== 'named') return { address, credentials: loginOf(address, place.credentials, io.env) }
  const found = await ofSettings(address.cluster, { io, config })
  const given = place.credentials
  const credentials = { ...found.credentials, ...given }
  const login = credentials.username === undefined ? undefined : { ...credentials, username: credentials.username }
  return { ...found.of, credentials: loginOf(found.of.address, login, io.env) }
}

function loginOf({ kind }: DatabaseAddress, given: Credentials | undefined, env: Io['env']): Credentials {
  const isPostgres = kind === 'postgres'
  const username = given?.username ?? (isPostgres ? env.PGUSER : undefined) ?? env.USER ?? 'root'
  // The database's own variable comes first: a replay into RabbitMQ or Kafka may need SPILLWAY_PASSWORD for these.
  const password = given?.password ?? (isPostgres ? env.PGPASSWORD : env.MYSQL_PWD) ?? env.SPILLWAY_PASSWORD
  return { username, ...(password === undefined ? {} : { password }) }
}

type InSettings = { readonly of: Omit<DatabaseOptions, 'credentials'>; readonly credentials?: Credentials }

async function ofSettings(name: string, { io, config }: Context): Promise<InSettings> {
  const named = await namedCluster(name, { config, env: io.env })
  const at = `clusters.${name}`
  const place = named.kind === 'url' ? parsed(named.fields.url, `${at}.url in ${named.path}`) : undefined
  if (named.kind !== 'url' || place === undefined)
    throw new UserError(`Cluster "${name}" in ${named.path} is no database`, {
      code: 'settings',
      hint: 'Write url: "postgres://user:${NAME}@host/DB" there, or name another.',
    })
  const { tls, management } = named.fields
  if (management !== undefined)
    throw new UserError(`${at} in ${named.path} is a database: it has no management`, {
      code: 'settings',
      hint: 'Take that line away.',
    })
  const login = place.credentials === undefined ? {} : { credentials: place.credentials }
  if (tls === undefined || tls === false) return { of: { address: place.address }, ...login }
  const pems = tls === true ? tls : await readTls(tls as TlsFile, { settingsPath: named.path, at: `${at}.tls` })
  return { of: { address: place.address, tls: pems }, ...login }
}

function parsed(url: string, at: string): ReturnType<typeof parseDatabase> {
  try {
    return parseDatabase(url)
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause
    throw new UserError(`${at}: ${cause.message}`, { code: 'settings', hint: cause.hint, cause })
  }
}
