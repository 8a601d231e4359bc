import { UserError } from '../../errors.js'
import { givenMysql } from './given.js'
import { inspectMysql, type MysqlReport } from './report.js'
import { bringUpMysql, runnerOf } from './running.js'
import { startMysql } from './start.js'
import { mysqlFolder, readMysql } from './state.js'

type How = {
  readonly home: string
  /** SPILLWAY_MYSQL_URL. */
  readonly given: string | undefined
  readonly say: (line: string) => void
  readonly stop: AbortSignal
}

/** A MariaDB that answers, started only where there is none of this name yet. Throws a UserError where it cannot be had. */
export async function raiseMysql(name: string, { home, given, say, stop }: How): Promise<MysqlReport> {
  if (given) {
    say('using the MariaDB of SPILLWAY_MYSQL_URL')
    return givenMysql(given)
  }
  const known = await readMysql(home, name)
  if (known === undefined) await startMysql({ name, home, keep: true, stop }, say)
  else if (await runnerOf(known).isUp(known)) say(`the MariaDB of the lab ${name} is running already`)
  else {
    say(`starting the MariaDB of the lab ${name} again, over its data`)
    await bringUpMysql(mysqlFolder(home, name), known, stop)
  }
  const started = await readMysql(home, name)
  if (started === undefined) throw new UserError(`The lab ${name} was taken down while it started`)
  return inspectMysql(home, started)
}
