import { UserError } from '../../errors.js'
import { askVersion } from './client.js'
import type { MysqlReport } from './report.js'

const PATIENCE_MS = 5000

/** The MariaDB whose address is in SPILLWAY_MYSQL_URL, after it answered a query. Throws a UserError when it does not. */
export async function givenMysql(url: string): Promise<MysqlReport> {
  const address = shownAddress(url)
  try {
    return { source: 'environment', version: await askVersion(url, PATIENCE_MS), address, ready: true }
  } catch (cause) {
    throw new UserError(`No MariaDB lets us in at SPILLWAY_MYSQL_URL (${address}): ${reasonOf(cause)}`, {
      code: 'unreachable',
      hint: 'Correct or unset SPILLWAY_MYSQL_URL; without it the lab starts a MariaDB of its own.',
      cause,
    })
  }
}

/** The address without its password and its parameters, which may hold one. Throws a UserError that shows none of it. */
export function shownAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^(mysql|mariadb):$/.test(url.protocol)) {
    throw new UserError('SPILLWAY_MYSQL_URL is not an address', {
      hint: 'Write mysql://user:PASSWORD@host:3306/DB there; "@", "/" and "?" in a password as %40, %2F and %3F.',
    })
  }
  url.password = ''
  url.search = ''
  url.hash = ''
  return url.href
}

/** Where a name has several addresses, each refusal stands in `errors`, and the message is empty. */
function reasonOf(cause: unknown): string {
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause
  return first instanceof Error ? first.message : String(first)
}
