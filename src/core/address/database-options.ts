import { UserError } from '../../errors.js'
import { defined } from '../defined.js'
import { decode } from './parts.js'

export type DatabaseKind = 'postgres' | 'mysql'

/** How a connection is secured, in the words of libpq; its defaults too. https://www.postgresql.org/docs/current/libpq-ssl.html */
export type DatabaseTls = {
  readonly mode: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'
  /** Paths of PEM files: who may sign for the server, and who we are. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** Which of several servers is read. */
export type DatabaseSession = 'any' | 'primary' | 'standby' | 'prefer-standby'

/** What stands behind the "?" of an address. */
export type DatabaseOptions = { readonly tls?: DatabaseTls; readonly session?: DatabaseSession }

/** libpq's names, and those of the mysql client. https://dev.mysql.com/doc/refman/8.4/en/connection-options.html */
const NAMES = {
  postgres: { mode: 'sslmode', ca: 'sslrootcert', cert: 'sslcert', key: 'sslkey', session: 'target_session_attrs' },
  mysql: { mode: 'ssl-mode', ca: 'ssl-ca', cert: 'ssl-cert', key: 'ssl-key', session: 'target_session_attrs' },
} as const

const MODES: Readonly<Record<DatabaseKind, Readonly<Record<string, DatabaseTls['mode']>>>> = {
  postgres: {
    disable: 'disable',
    prefer: 'prefer',
    require: 'require',
    'verify-ca': 'verify-ca',
    'verify-full': 'verify-full',
  },
  mysql: {
    DISABLED: 'disable',
    PREFERRED: 'prefer',
    REQUIRED: 'require',
    VERIFY_CA: 'verify-ca',
    VERIFY_IDENTITY: 'verify-full',
  },
}

const SESSIONS: readonly DatabaseSession[] = ['any', 'primary', 'standby', 'prefer-standby']

/** Reads `sslmode=verify-full&sslrootcert=ca.pem`, of MySQL `ssl-mode=VERIFY_IDENTITY&ssl-ca=ca.pem`. Throws UserError. */
export function parseDatabaseOptions(kind: DatabaseKind, query: string, form: string): DatabaseOptions {
  const names = NAMES[kind]
  const given = new Map<string, string>()
  for (const part of query.split('&').filter(each => each !== '')) {
    const [name = '', ...rest] = part.split('=')
    const value = decode(rest.join('='))
    if (!Object.values<string>(names).includes(name))
      throw new UserError(`Unknown part "${name}" after the "?" of an address`, {
        hint: `Write ${form}; behind "?" can stand ${Object.values(names).join(', ')}.`,
      })
    if (value === '') throw new UserError(`"${name}" after the "?" of an address is empty`, { hint: `Write ${form}.` })
    given.set(name, value)
  }
  const of = (name: keyof typeof names): string | undefined => given.get(names[name])
  const files = defined({ ca: of('ca'), cert: of('cert'), key: of('key') })
  const mode = modeOf(kind, of('mode'))
  const hasTls = mode !== undefined || Object.keys(files).length > 0
  return defined({
    tls: hasTls ? { mode: mode ?? 'prefer', ...files } : undefined,
    session: sessionOf(of('session')),
  })
}

function modeOf(kind: DatabaseKind, text: string | undefined): DatabaseTls['mode'] | undefined {
  if (text === undefined) return undefined
  const mode = MODES[kind][kind === 'mysql' ? text.toUpperCase() : text]
  if (mode !== undefined) return mode
  throw new UserError(`${NAMES[kind].mode}=${text} is not known`, {
    hint: `There are ${Object.keys(MODES[kind]).join(', ')}.`,
  })
}

function sessionOf(text: string | undefined): DatabaseSession | undefined {
  const session = SESSIONS.find(each => each === text)
  if (text === undefined || session !== undefined) return session
  throw new UserError(`target_session_attrs=${text} is not known`, { hint: `There are ${SESSIONS.join(', ')}.` })
}

/** The same as text: empty, or with its "?". Holds no secret: files are named, not read. */
export function formatDatabaseOptions(kind: DatabaseKind, { tls, session }: DatabaseOptions): string {
  const names = NAMES[kind]
  const mode = Object.entries(MODES[kind]).find(([, each]) => each === tls?.mode)?.[0]
  const parts = defined({
    [names.mode]: mode,
    [names.ca]: tls?.ca,
    [names.cert]: tls?.cert,
    [names.key]: tls?.key,
    [names.session]: session,
  })
  const query = Object.entries(parts).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
  return query.length === 0 ? '' : `?${query.join('&')}`
}
