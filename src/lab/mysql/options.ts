/** The image on Docker Hub that the lab runs where a Docker engine is there. */
export const MYSQL_IMAGE = 'mariadb:10.11'

/** The lab's user, who may do everything, and its database. */
export const MYSQL_USER = 'root'
export const MYSQL_DATABASE = 'lab'

/** What a MariaDB lab should be. Everything but the name has a default. */
export type MysqlLabOptions = {
  /** Two labs with different names run side by side. */
  readonly name: string
  /** The lab folder (password, log); default: see `labHome`. */
  readonly home?: string
  /** Variables of the server that win over the lab's own, such as `innodb_flush_log_at_trx_commit`. */
  readonly config?: Readonly<Record<string, string>>
  /** Port to use instead of a free one. */
  readonly port?: number
  /** Where the server comes from; `auto` takes Docker when an engine runs, else this machine's own. */
  readonly source?: 'auto' | 'docker' | 'machine'
  /** True for `lab up`: the server outlives this process. Else the next lab removes what a killed process left behind. */
  readonly keep?: boolean
}

/** Options, and what only this process has. */
export type MysqlStartOptions = MysqlLabOptions & {
  /** Gives up the start, and removes what was started. */
  readonly stop?: AbortSignal
}

/** A running lab, in the hands of who started it. */
export type MysqlLab = {
  readonly name: string
  readonly source: 'docker' | 'machine'
  /** `mysql://mysql@127.0.0.1:PORT/mysql`, without the password. */
  readonly address: string
  /** The same with its password: for clients, never for a log. */
  readonly url: string
  readonly port: number
  /** The server's own word on its version, such as 15.18. */
  readonly version: string
  /** Process id of the server now; 0 where Docker runs it. */
  readonly pid: number
  /** Holds user and password as `mariadb --defaults-extra-file` takes them. */
  readonly passwordFile: string
  /** The lab's own folder: state, password file, `mysql.log`. */
  readonly folder: string
  /** Ends the server and removes its data. */
  stop(): Promise<void>
  /** Sends a signal (default SIGKILL) and waits until the server has ended; SIGSTOP and SIGCONT do not wait. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Ends the server in good order where it still runs, starts it over its data on the same port, waits until it answers. */
  restart(): Promise<void>
}
