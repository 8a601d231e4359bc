/** What a lab with a database should be. Everything but the name has a default. */
export type DatabaseLabOptions = {
  /** Two labs with different names run side by side. */
  readonly name: string
  /** The lab folder (password, log); default: see `labHome`. */
  readonly home?: string
  /** Settings of the server that win over the lab's own, such as `fsync` or `innodb_flush_log_at_trx_commit`. */
  readonly config?: Readonly<Record<string, string>>
  /** Port to use instead of a free one. */
  readonly port?: number
  /** Where the server comes from; `auto` takes Docker when an engine runs, else this machine's own. */
  readonly source?: 'auto' | 'docker' | 'machine'
  /** True for `lab up`: the server outlives this process. Else the next lab removes what a killed process left behind. */
  readonly keep?: boolean
}

/** Options, and what only this process has. */
export type DatabaseStartOptions = DatabaseLabOptions & {
  /** Gives up the start, and removes what was started. */
  readonly stop?: AbortSignal
}

/** A running lab, in the hands of who started it. */
export type DatabaseLab = {
  readonly name: string
  readonly source: 'docker' | 'machine'
  /** `postgres://postgres@127.0.0.1:PORT/postgres`, `mysql://root@127.0.0.1:PORT/lab`: without the password. */
  readonly address: string
  /** The same with its password: for clients, never for a log. */
  readonly url: string
  readonly port: number
  /** The server's own word on its version, such as 15.18. */
  readonly version: string
  /** Process id of the server now; 0 where Docker runs it. */
  readonly pid: number
  /** Holds the password as the database's own clients take it. */
  readonly passwordFile: string
  /** The lab's own folder: state, password file, log. */
  readonly folder: string
  /** Ends the server and removes its data. */
  stop(): Promise<void>
  /** Sends a signal (default SIGKILL) and waits until the server has ended; SIGSTOP and SIGCONT do not wait. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Ends the server in good order where it still runs, starts it over its data on the same port, waits until it answers. */
  restart(): Promise<void>
}
