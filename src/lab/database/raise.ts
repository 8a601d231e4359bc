import { UserError } from '../../errors.js'
import { type Database, variableOf } from './database.js'
import { givenDatabase } from './given.js'
import { type DatabaseReport, inspectDatabase } from './report.js'
import { bringUpDatabase, runnerOf } from './running.js'
import { startDatabase } from './start.js'
import { databaseFolder, readDatabase } from './state.js'

type How = {
  readonly home: string
  /** SPILLWAY_POSTGRES_URL, SPILLWAY_MYSQL_URL. */
  readonly given: string | undefined
  readonly say: (line: string) => void
  readonly stop: AbortSignal
}

/** A database that answers, started only where there is none of this name yet. Throws a UserError where it cannot be had. */
export async function raiseDatabase(
  database: Database,
  name: string,
  { home, given, say, stop }: How,
): Promise<DatabaseReport> {
  const { title } = database
  if (given) {
    say(`using the ${title} of ${variableOf(database)}`)
    return givenDatabase(database, given)
  }
  const known = await readDatabase(database, home, name)
  if (known === undefined) await startDatabase(database, { name, home, keep: true, stop }, say)
  else if (await runnerOf(database, known).isUp(known)) say(`the ${title} of the lab ${name} is running already`)
  else {
    say(`starting the ${title} of the lab ${name} again, over its data`)
    await bringUpDatabase(database, { folder: databaseFolder(database, home, name), state: known, stop })
  }
  const started = await readDatabase(database, home, name)
  if (started === undefined) throw new UserError(`The lab ${name} was taken down while it started`)
  return inspectDatabase(database, home, started)
}
