import { setTimeout as sleep } from 'node:timers/promises'
import type { WindowEnd } from '../replay/rows/ports.js'
import { fromDatabase } from './errors.js'
import type { MysqlSession } from './mysql-session.js'

/**
 * Transactions that have written, or have an id to write with: ids from 2^48 on, and 0, are of those that only read. The server tells starts in its own zone.
 * https://mariadb.com/kb/en/information-schema-innodb_trx-table/
 */
const OPEN = `SELECT trx_mysql_thread_id, UNIX_TIMESTAMP(CONVERT_TZ(trx_started, 'SYSTEM', '+00:00')) FROM information_schema.innodb_trx
  WHERE trx_rows_modified > 0 OR (trx_id > 0 AND trx_id < 281474976710656) ORDER BY 2`

/** InnoDB answers with what it knew before where it was asked less than 100 ms ago. Milliseconds. */
const STALE_MS = 150

/** Both names; MySQL knows the second alone since 8.4, MariaDB the first. */
const STATUS = ['SHOW SLAVE STATUS', 'SHOW REPLICA STATUS']

/** Looks for transactions that may still write into a window that is over; of a replica, for how far it is behind. */
export class OpenTransactions {
  readonly #session: MysqlSession

  constructor(session: MysqlSession) {
    this.#session = session
  }

  /** What this user may not see, in words; empty where all is told. Throws what mysql2 throws. */
  async blind(): Promise<readonly string[]> {
    const { replica } = await this.#session.server()
    const seen = replica ? await this.#behind() : await this.#open()
    if (seen !== undefined) return []
    const what = replica ? 'how far this replica is behind' : 'which transactions are open'
    const right = replica ? 'REPLICATION CLIENT (MariaDB: SLAVE MONITOR)' : 'PROCESS'
    return [`This user may not see ${what}: rows that are committed late are only found by --rescan. GRANT ${right}`]
  }

  /** How far a replica is behind; undefined where it is none, or that cannot be told. Throws what mysql2 throws. */
  async lagMs(): Promise<number | undefined> {
    const behind = (await this.#session.server()).replica ? await this.#behind() : undefined
    return behind === undefined || behind === null ? undefined : behind * 1000
  }

  /** Why rows may still come, in words; undefined where none can, and where that cannot be told. Throws what mysql2 throws. */
  async before({ end, graceMs }: WindowEnd): Promise<string | undefined> {
    if ((await this.#session.server()).replica) return this.#lag(end + graceMs)
    await sleep(STALE_MS)
    const open = (await this.#open())?.filter(({ since }) => since < end) ?? []
    const [oldest] = open
    if (oldest === undefined) return undefined
    const count = open.length === 1 ? '1 transaction' : `${open.length} transactions`
    return `${count} that began before the window's end ${open.length === 1 ? 'is' : 'are'} still open; the oldest is of thread ${oldest.who}, open since ${new Date(oldest.since).toISOString()}`
  }

  async #lag(end: number): Promise<string | undefined> {
    const behind = await this.#behind()
    if (behind === undefined) return undefined
    if (behind === null) return 'the replica does not replicate'
    return Date.now() - behind * 1000 >= end ? undefined : `the replica is behind the window's end, by ${behind} s`
  }

  /** Undefined where the right is missing. */
  async #open(): Promise<readonly { readonly who: string; readonly since: number }[] | undefined> {
    const answer = await this.#allowed(OPEN)
    return answer?.map(([who, since]) => ({ who: String(who), since: Number(String(since)) * 1000 }))
  }

  /** Seconds; null where nothing is replicated, undefined where the right is missing. */
  async #behind(): Promise<number | null | undefined> {
    for (const sql of STATUS) {
      const rows = await this.#allowed(sql, 'Seconds_Behind')
      const [behind] = rows?.[0] ?? []
      if (behind !== undefined) return behind === null ? null : Number(String(behind))
    }
    return undefined
  }

  async #allowed(sql: string, column?: string): Promise<readonly (readonly (Buffer | null)[])[] | undefined> {
    try {
      const { fields, rows } = await this.#session.ask(sql)
      if (column === undefined) return rows
      const at = fields.findIndex(({ name }) => name.startsWith(column))
      return rows.map(row => [row[at] ?? null])
    } catch (error) {
      if (FORBIDDEN.has(fromDatabase(error, '').code)) return undefined
      throw error
    }
  }
}

const FORBIDDEN = new Set(['permission', 'query'])
