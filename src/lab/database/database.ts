import type { DatabaseRunner } from './runner.js'
import type { DatabaseState } from './state.js'

type Say = (line: string) => void

/** What sets the labs of one database apart from those of another. */
export type Database = {
  /** As in `lab up postgres`, SPILLWAY_POSTGRES_URL, `lab-needs-postgres` and `postgres.log`. */
  readonly service: 'postgres' | 'mysql'
  /** For messages. */
  readonly title: string
  /** The lab's user, who may do everything, and its database. */
  readonly user: string
  readonly database: string
  /** Schemes of the addresses that it takes, and such an address for a hint. */
  readonly scheme: RegExp
  readonly example: string
  readonly password: PasswordFile
  /** Users of the machine to run it as where we are root; the first that is there. */
  readonly users: readonly string[]
  /** Ends the server in good order; and one whose data is to go. */
  readonly orderlySignal: NodeJS.Signals
  readonly lastSignal: NodeJS.Signals
  readonly runners: { readonly docker: DatabaseRunner; readonly machine: DatabaseRunner }
  /** Fetches the image for Docker, unless it is there. */
  prepareImage(say: Say): Promise<void>
  /** Sees to it that the server is on this machine; resolves with its programs. Throws a UserError where it cannot be had. */
  ensurePrograms(lockFile: string, say: Say): Promise<Pick<DatabaseState, 'bin' | 'programs'>>
  /** Logs in and runs one query. Resolves with the server's version; rejects with what went wrong, also after `milliseconds`. */
  askVersion(url: string, milliseconds?: number): Promise<string>
}

/** The file that holds a lab's password as the database's own clients take it. */
export type PasswordFile = {
  readonly file: string
  write(login: { readonly port: number; readonly password: string }): string
  /** The password in what was written. */
  read(text: string): string
  /** A line for people: how it is used. */
  describe(path: string): string
}

/** The variable whose address takes the place of a lab. */
export const variableOf = ({ service }: Pick<Database, 'service'>): string => `SPILLWAY_${service.toUpperCase()}_URL`

/** The server's log, in the lab's folder. */
export const logOf = ({ service }: Pick<Database, 'service'>): string => `${service}.log`
