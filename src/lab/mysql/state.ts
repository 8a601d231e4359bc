import { join } from 'node:path'
import type { ProcessMark } from '../process.js'
import type { Account } from '../run-program.js'
import { readStateFile, readStateFiles } from '../state-file.js'
import type { MysqlLabOptions } from './options.js'

/** The programs of MariaDB that the lab starts, by path. */
export type MysqlPrograms = { readonly server: string; readonly install: string }

/** What `state.json` in a lab's folder holds: enough for another process to look at, restart and end the lab. No password. */
export type MysqlState = {
  readonly service: 'mysql'
  readonly options: MysqlLabOptions
  readonly source: 'docker' | 'machine'
  /** What the server said when it first answered; absent before. */
  readonly release?: string
  readonly port: number
  /** The rest where a process of this machine is the server: its programs, its data, and whom it runs as if not as we do. */
  readonly programs?: MysqlPrograms
  readonly data?: string
  readonly account?: Account
  readonly process?: ProcessMark
  readonly container?: string
  /** The process that must live for the lab to be wanted; absent for `lab up`. */
  readonly owner?: ProcessMark
}

export const mysqlFolder = (home: string, name: string): string => join(home, 'mysql', name)

/** The lab of this name, or undefined when there is none. */
export const readMysql = (home: string, name: string): Promise<MysqlState | undefined> =>
  readStateFile(mysqlFolder(home, name))

/** Every MariaDB lab in the lab folder, by name. */
export const readMysqls = (home: string): Promise<MysqlState[]> => readStateFiles(join(home, 'mysql'))
