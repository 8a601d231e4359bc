import { BrokerError, SpillwayError, UserError } from '../errors.js'

type Coded = Error & { readonly code?: unknown; readonly errno?: unknown }

type Known = { readonly code: string; readonly hint: string }

const CREDENTIALS: Known = {
  code: 'credentials',
  hint: 'Give the user in the address, and the password in PGPASSWORD (or PGPASSFILE), MYSQL_PWD or SPILLWAY_PASSWORD.',
}

/** What pg says where it was given none; it has no code for that. */
const NO_PASSWORD = /^SASL: .*client password must be a (non-empty )?string/

/** SQLSTATE (PostgreSQL, appendix A) and error names of MariaDB and MySQL that the user has to mend. */
const KNOWN: Readonly<Record<string, Known>> = {
  ...each(['28P01', '28000', 'ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR'], CREDENTIALS),
  ...each(['3D000', 'ER_BAD_DB_ERROR'], { code: 'no-database', hint: 'See how the database is written.' }),
  ...each(['42P01', '3F000', 'ER_NO_SUCH_TABLE'], {
    code: 'no-table',
    hint: 'See how the table is written, with its schema: SCHEMA.TABLE.',
  }),
  ...each(['42702', 'ER_DUP_FIELDNAME', 'ER_NON_UNIQ_ERROR'], {
    code: 'same-name',
    hint: 'Give columns of one name different ones in the query: … AS other_id.',
  }),
  ...each(['42703', 'ER_BAD_FIELD_ERROR'], { code: 'no-column', hint: 'See how the columns are written.' }),
  ...each(
    [
      '42501',
      'ER_TABLEACCESS_DENIED_ERROR',
      'ER_DBACCESS_DENIED_ERROR',
      'ER_COLUMNACCESS_DENIED_ERROR',
      'ER_SPECIFIC_ACCESS_DENIED_ERROR',
    ],
    {
      code: 'permission',
      hint: 'Grant SELECT on the table to this user.',
    },
  ),
  ...each(['42601', 'ER_PARSE_ERROR'], { code: 'query', hint: 'Try the query by itself in psql or mariadb.' }),
  ...each(['25006', 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION'], {
    code: 'query',
    hint: 'The session may only read: give a SELECT.',
  }),
}

/** The server has no connection left for us: too_many_connections, configuration_limit_exceeded. */
const EXHAUSTED = new Set([
  '53300',
  '53400',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED',
])

function each(codes: readonly string[], known: Known): Record<string, Known> {
  return Object.fromEntries(codes.map(code => [code, known]))
}

/** A statement ran into its timeout: query_canceled, and max_statement_time. */
const TIMEOUTS = new Set(['57014', 'ER_STATEMENT_TIMEOUT', 'ER_QUERY_TIMEOUT', 'ER_QUERY_INTERRUPTED'])

/** The same number is another error of MySQL, so that the client names it wrongly. https://mariadb.com/kb/en/mariadb-error-codes/ */
const MARIA_TIMEOUT = 1969

/** Code of a BrokerError for a statement that took too long: a smaller page may pass. */
export const TIMED_OUT = 'statement-timeout'

/** What a client's error means; `where` is the address without credentials. One that is unknown may pass. */
export function fromDatabase(error: unknown, where: string): SpillwayError {
  if (error instanceof SpillwayError) return error
  const cause = error as Coded
  const code = typeof cause.code === 'string' ? cause.code : ''
  const known = KNOWN[code]
  const said = cause.message === '' ? code : cause.message
  if (known !== undefined) return new UserError(`${where}: ${said}`, { ...known, cause })
  if (NO_PASSWORD.test(said)) return new UserError(`${where} asks for a password`, { ...CREDENTIALS, cause })
  if (TIMEOUTS.has(code) || cause.errno === MARIA_TIMEOUT)
    return new BrokerError(`${where}: ${said}`, { retry: true, code: TIMED_OUT, cause })
  return new BrokerError(`${where}: ${said}`, {
    retry: true,
    code: 'database',
    hint: EXHAUSTED.has(code)
      ? 'Let other sessions end, or raise the limit of connections (of the server, or of this user).'
      : 'See whether the database is up and lets this machine in.',
    cause,
  })
}

/** Whether a statement took too long. */
export const isTimeout = (error: unknown): boolean => fromDatabase(error, '').code === TIMED_OUT

/** The same before anything was begun: a database that cannot be reached is no fault that passes. */
export function beforeBegun(error: SpillwayError): SpillwayError {
  if (!(error instanceof BrokerError)) return error
  return new UserError(error.message, { code: 'unreachable', hint: error.hint, cause: error })
}

/** The same in the middle of a run: what the user has to mend, such as a right that was taken away, fails it; a resume goes on. */
export function midway(error: SpillwayError): SpillwayError {
  if (!(error instanceof UserError)) return error
  return new BrokerError(error.message, { retry: false, code: error.code, hint: error.hint, cause: error })
}
