import { UserError } from '../../errors.js'
import { defined } from '../defined.js'
import {
  type DatabaseKind,
  type DatabaseOptions,
  formatDatabaseOptions,
  parseDatabaseOptions,
} from './database-options.js'
import { type Credentials, decode, hostPort, login, split, unreadableLogin } from './parts.js'

/** A server of a database. An IPv6 host keeps its brackets. */
export type DatabaseServer = { readonly host: string; readonly port: number }

/** A database; never holds a password. MariaDB is `mysql`. */
export type DatabaseAddress = DatabaseServer &
  DatabaseOptions & {
    readonly kind: DatabaseKind
    /** Further servers with the same data, of which one is read. */
    readonly others?: readonly DatabaseServer[]
    readonly database: string
  }

/** A database, with the credentials that stood in its address. */
export type DatabasePlace = { readonly address: DatabaseAddress; readonly credentials?: Credentials }

const SCHEME = /^(postgres|postgresql|mysql|mariadb):\/\//i
const PORTS = { postgres: 5432, mysql: 3306 } as const

/**
 * Reads `postgres://user@host:5432/DB` or `mysql://user@host:3306/DB`, with several servers as `h1,h2:5433`; undefined for any other text. Throws UserError; the
 * message shows no password.
 */
export const parseDatabase = (text: string): DatabasePlace | undefined => {
  const [scheme, name = ''] = SCHEME.exec(text) ?? []
  if (scheme === undefined) return undefined
  const kind = /^p/i.test(name) ? 'postgres' : 'mysql'
  const form = `${kind}://user@host:${PORTS[kind]}/DB`
  const { credentials, bare } = login(text.slice(scheme.length), form.replace('user', 'user:PASSWORD'))
  const { head, path, query } = split(bare)
  if (head.includes('@') || query.includes('@')) throw unreadableLogin()
  const [server, ...others] = head.split(',').map(each => serverOf(each, kind, form))
  if (server === undefined) throw new UserError('The address names no server', { hint: `Write ${form}.` })
  const database = decode(path)
  if (database === '' || database.includes('/'))
    throw new UserError('The address names no database', { hint: `Write ${form}.` })
  const address = { kind, ...server, ...(others.length === 0 ? {} : { others }), database } as const
  return { address: { ...address, ...parseDatabaseOptions(kind, query, form) }, ...defined({ credentials }) }
}

function serverOf(text: string, kind: DatabaseKind, form: string): DatabaseServer {
  const server = hostPort(text, PORTS[kind])
  if (server !== undefined) return server
  throw new UserError(`"${text}" is not a server`, { hint: `Write ${form}.` })
}

/** All servers of an address, in its order. */
export const serversOf = ({ host, port, others = [] }: DatabaseAddress): readonly DatabaseServer[] => [
  { host, port },
  ...others,
]

/** As text that can be typed again; never with credentials. */
export const formatDatabase = (address: DatabaseAddress): string => {
  const { kind, database } = address
  const servers = serversOf(address).map(({ host, port }) => `${host}:${port}`)
  return `${kind}://${servers.join(',')}/${encodeURIComponent(database)}${formatDatabaseOptions(kind, address)}`
}
