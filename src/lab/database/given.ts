import { UserError } from '../../errors.js'
import { type Database, variableOf } from './database.js'
import type { DatabaseReport } from './report.js'

const PATIENCE_MS = 5000

/** The database whose address is in SPILLWAY_POSTGRES_URL or SPILLWAY_MYSQL_URL, after it answered a query. Throws a UserError when it does not. */
export async function givenDatabase(database: Database, url: string): Promise<DatabaseReport> {
  const address = shownAddress(database, url)
  try {
    return { source: 'environment', version: await database.askVersion(url, PATIENCE_MS), address, ready: true }
  } catch (cause) {
    const [title, variable] = [database.title, variableOf(database)]
    throw new UserError(`No ${title} lets us in at ${variable} (${address}): ${reasonOf(cause)}`, {
      code: 'unreachable',
      hint: `Correct or unset ${variable}; without it the lab starts a ${title} of its own.`,
      cause,
    })
  }
}

/** The address without its password and its parameters, which may hold one. Throws a UserError that shows none of it. */
export function shownAddress(database: Database, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !database.scheme.test(url.protocol)) {
    throw new UserError(`${variableOf(database)} is not an address`, {
      hint: `Write ${database.example} there; "@", "/" and "?" in a password as %40, %2F and %3F.`,
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
