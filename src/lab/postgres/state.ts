import { join } from 'node:path'
import type { ProcessMark } from '../process.js'
import type { Account } from '../run-program.js'
import { readStateFile, readStateFiles } from '../state-file.js'
import type { PostgresLabOptions } from './options.js'

/** What `state.json` in a lab's folder holds: enough for another process to look at, restart and end the lab. No password. */
export type PostgresState = {
  readonly service: 'postgres'
  readonly options: PostgresLabOptions
  readonly source: 'docker' | 'machine'
  /** What the server said when it first answered; absent before. */
  readonly release?: string
  readonly port: number
  /** The rest where a process of this machine is the server: its programs, its data, and whom it runs as if not as we do. */
  readonly bin?: string
  readonly data?: string
  readonly account?: Account
  readonly process?: ProcessMark
  readonly container?: string
  /** The process that must live for the lab to be wanted; absent for `lab up`. */
  readonly owner?: ProcessMark
}

export const postgresFolder = (home: string, name: string): string => join(home, 'postgres', name)

/** The lab of this name, or undefined when there is none. */
export const readPostgres = (home: string, name: string): Promise<PostgresState | undefined> =>
  readStateFile(postgresFolder(home, name))

/** Every PostgreSQL lab in the lab folder, by name. */
export const readPostgreses = (home: string): Promise<PostgresState[]> => readStateFiles(join(home, 'postgres'))
