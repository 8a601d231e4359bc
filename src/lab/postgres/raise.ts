import { UserError } from '../../errors.js'
import { givenPostgres } from './given.js'
import { inspectPostgres, type PostgresReport } from './report.js'
import { bringUpPostgres, runnerOf } from './running.js'
import { startPostgres } from './start.js'
import { postgresFolder, readPostgres } from './state.js'

type How = {
  readonly home: string
  /** SPILLWAY_POSTGRES_URL. */
  readonly given: string | undefined
  readonly say: (line: string) => void
  readonly stop: AbortSignal
}

/** A PostgreSQL that answers, started only where there is none of this name yet. Throws a UserError where it cannot be had. */
export async function raisePostgres(name: string, { home, given, say, stop }: How): Promise<PostgresReport> {
  if (given) {
    say('using the PostgreSQL of SPILLWAY_POSTGRES_URL')
    return givenPostgres(given)
  }
  const known = await readPostgres(home, name)
  if (known === undefined) await startPostgres({ name, home, keep: true, stop }, say)
  else if (await runnerOf(known).isUp(known)) say(`the PostgreSQL of the lab ${name} is running already`)
  else {
    say(`starting the PostgreSQL of the lab ${name} again, over its data`)
    await bringUpPostgres(postgresFolder(home, name), known, stop)
  }
  const started = await readPostgres(home, name)
  if (started === undefined) throw new UserError(`The lab ${name} was taken down while it started`)
  return inspectPostgres(home, started)
}
