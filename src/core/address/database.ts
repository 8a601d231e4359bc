import { UserError } from '../../errors.js'
import { defined } from '../defined.js'
import { type Credentials, decode, hostPort, login, split, unreadableLogin } from './parts.js'

/** A database; never holds a password. MariaDB is `mysql`. */
export type DatabaseAddress = {
  readonly kind: 'postgres' | 'mysql'
  /** An IPv6 host keeps its brackets. */
  readonly host: string
  readonly port: number
  readonly database: string
}

/** A database, with the credentials that stood in its address. */
export type DatabasePlace = { readonly address: DatabaseAddress; readonly credentials?: Credentials }

const SCHEME = /^(postgres|postgresql|mysql|mariadb):\/\//i
const PORTS = { postgres: 5432, mysql: 3306 } as const

/** Reads `postgres://user@host:5432/DB` or `mysql://user@host:3306/DB`; undefined for any other text. Throws UserError; the message shows no password. */
export const parseDatabase = (text: string): DatabasePlace | undefined => {
  const [scheme, name = ''] = SCHEME.exec(text) ?? []
  if (scheme === undefined) return undefined
  const kind = /^p/i.test(name) ? 'postgres' : 'mysql'
  const form = `${kind}://user@host:${PORTS[kind]}/DB`
  const { credentials, bare } = login(text.slice(scheme.length), form.replace('user', 'user:PASSWORD'))
  const { head, path, query } = split(bare)
  if (head.includes('@') || query.includes('@')) throw unreadableLogin()
  const server = hostPort(head, PORTS[kind])
  if (server === undefined) throw new UserError(`"${head}" is not a server`, { hint: `Write ${form}.` })
  const database = decode(path)
  if (database === '' || database.includes('/'))
    throw new UserError('The address names no database', { hint: `Write ${form}.` })
  if (query !== '')
    throw new UserError(`Unknown part "${query.split('=')[0]}" after the "?" of an address`, { hint: `Write ${form}.` })
  return { address: { kind, ...server, database }, ...defined({ credentials }) }
}

/** As text that can be typed again; never with credentials. */
export const formatDatabase = ({ kind, host, port, database }: DatabaseAddress): string =>
  `${kind}://${host}:${port}/${encodeURIComponent(database)}`
