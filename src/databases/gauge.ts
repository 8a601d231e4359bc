import { formatDatabase } from '../core/address/database.js'
import { SpillwayError, UserError } from '../errors.js'
import { fromDatabase } from './errors.js'
import type { DatabaseOptions } from './options.js'

/** The values of the first row by column, as text; NULL is null. Undefined where there is no row. */
type First = Readonly<Record<string, string | null>>

/** A session that gauges ask: one question at a time. */
export interface GaugeSession {
  ask(text: string): Promise<First | undefined>
  /** Ends it, with what it is asked. */
  close(): Promise<void>
}

/** A database that is asked how it is, over a connection of its own, which is made anew after a fault. */
export class DatabaseGauge {
  readonly #options: DatabaseOptions
  #session: Promise<GaugeSession> | undefined

  constructor(options: DatabaseOptions) {
    this.#options = options
  }

  /** Milliseconds that the replica is behind, or the furthest of the primary's replicas. Throws where there is none. */
  async lagMs(signal: AbortSignal): Promise<number> {
    return this.#on(signal, async session =>
      this.#options.address.kind === 'postgres' ? await postgresLag(session) : await mysqlLag(session),
    )
  }

  /** The number that a query gives: the first column of its first row. Throws where it gives none. */
  async number(text: string, signal: AbortSignal): Promise<number> {
    return this.#on(signal, async session => {
      const [value] = Object.values((await session.ask(text.replace(/[\s;]+$/, ''))) ?? {})
      const number = value === undefined || value === null || value.trim() === '' ? Number.NaN : Number(value)
      if (Number.isNaN(number)) throw new UserError(`the query gives no number, but ${value ?? 'nothing'}`)
      return number
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session
    this.#session = undefined
    // One that could not be opened has been told of, and is not open.
    await (await session?.catch(() => undefined))?.close()
  }

  async #on<T>(signal: AbortSignal, ask: (session: GaugeSession) => Promise<T>): Promise<T> {
    // Whoever waits no more drops the connection: the next question would wait behind this one.
    const drop = () => void this[Symbol.asyncDispose]()
    signal.addEventListener('abort', drop, { once: true })
    try {
      this.#session ??= openSession(this.#options)
      return await ask(await this.#session)
    } catch (error) {
      if (error instanceof SpillwayError) throw error
      drop()
      throw fromDatabase(error, formatDatabase(this.#options.address))
    } finally {
      signal.removeEventListener('abort', drop)
    }
  }
}

const openSession = async (options: DatabaseOptions): Promise<GaugeSession> =>
  options.address.kind === 'postgres'
    ? (await import('./gauge-postgres.js')).openPostgresGauge(options)
    : (await import('./gauge-mysql.js')).openMysqlGauge(options)

/**
 * A standby that has replayed all that came is not behind, but only while something comes: without a receiver the time since its last transaction
 * counts. https://www.postgresql.org/docs/17/monitoring-stats.html (pg_stat_replication, pg_stat_wal_receiver)
 */
const STANDBY = `SELECT pg_is_in_recovery() AS standby, CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
  AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE pid IS NOT NULL) THEN 0
  ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000 END AS lag`
const PRIMARY = `SELECT count(*) AS replicas, count(state) AS seen,
  coalesce(max(extract(epoch FROM replay_lag)) * 1000, 0) AS lag FROM pg_stat_replication`

async function postgresLag(session: GaugeSession): Promise<number> {
  const standby = await session.ask(STANDBY)
  if (standby?.standby === 't') {
    if (standby.lag !== null && standby.lag !== undefined) return Number(standby.lag)
    throw new UserError('the standby has not replayed anything yet')
  }
  const { replicas, seen, lag } = (await session.ask(PRIMARY)) ?? {}
  if (Number(replicas) === 0) throw new UserError('the server has no replica: ask the replica itself, with --gauge-db')
  if (seen !== replicas) throw new UserError('the user may not see the replicas: GRANT pg_monitor TO it')
  return Number(lag)
}

/** Until MariaDB 10.5 and MySQL 8.0.22 it has another name. https://mariadb.com/kb/en/show-replica-status/ */
async function mysqlLag(session: GaugeSession): Promise<number> {
  const status = await session.ask('SHOW REPLICA STATUS').catch(error => {
    if (error instanceof Error && /syntax/i.test(error.message)) return session.ask('SHOW SLAVE STATUS')
    throw error
  })
  if (status === undefined) throw new UserError('the server is no replica: name one with --gauge-db')
  const seconds = status.Seconds_Behind_Source ?? status.Seconds_Behind_Master
  if (seconds === undefined || seconds === null) throw new UserError('replication does not run on this replica')
  return Number(seconds) * 1000
}
