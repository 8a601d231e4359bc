import { join } from 'node:path'
import type { ProcessMark } from '../process.js'
import type { Account } from '../run-program.js'
import { readStateFile, readStateFiles } from '../state-file.js'
import type { Database } from './database.js'
import type { DatabaseLabOptions } from './options.js'

/** The programs of MariaDB that the lab starts, by path. */
export type MysqlPrograms = { readonly server: string; readonly install: string }

/** What `state.json` in a lab's folder holds: enough for another process to look at, restart and end the lab. No password. */
export type DatabaseState = {
  readonly service: Database['service']
  readonly options: DatabaseLabOptions
  readonly source: 'docker' | 'machine'
  /** What the server said when it first answered; absent before. */
  readonly release?: string
  readonly port: number
  /** The rest where a process of this machine is the server: its programs (PostgreSQL's by their folder), its data, and whom it runs as if not as we do. */
  readonly bin?: string
  readonly programs?: MysqlPrograms
  readonly data?: string
  readonly account?: Account
  readonly process?: ProcessMark
  readonly container?: string
  /** The process that must live for the lab to be wanted; absent for `lab up`. */
  readonly owner?: ProcessMark
}

type Kind = Pick<Database, 'service'>

/** Where the lab of this name keeps all but the data. */
export const databaseFolder = ({ service }: Kind, home: string, name: string): string => join(home, service, name)

/** The lab of this name, or undefined when there is none. */
export const readDatabase = (database: Kind, home: string, name: string): Promise<DatabaseState | undefined> =>
  readStateFile(databaseFolder(database, home, name))

/** Every lab with this database in the lab folder, by name. */
export const readDatabases = ({ service }: Kind, home: string): Promise<DatabaseState[]> =>
  readStateFiles(join(home, service))
