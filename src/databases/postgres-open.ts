import type { WindowEnd } from '../replay/rows/ports.js'
import type { PostgresSession } from './postgres-session.js'

/** Transactions with an id that have not ended, but our own; a start that we may not see is null. */
const OPEN = `SELECT backend_xid::text, pid::text, (extract(epoch from xact_start) * 1000)::bigint::text FROM pg_stat_activity
  WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND datname = current_database()
  UNION ALL SELECT transaction::text, gid, (extract(epoch from prepared) * 1000)::bigint::text FROM pg_prepared_xacts
  WHERE database = current_database()`

/** Of a replica: how far it is, whether it has all that it was sent, and the ids of its transactions. */
const REPLICA = `SELECT (extract(epoch from pg_last_xact_replay_timestamp()) * 1000)::bigint::text,
  (pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver))::text,
  pg_snapshot_xmin(pg_current_snapshot())::text, pg_snapshot_xmax(pg_current_snapshot())::text`

/**
 * Looks for transactions that may still write into a window that is over: those with an id that began before its end, or were there, with a start that we may not
 * see, when it was first asked. A replica knows no starts: there all must have ended that were open at the first look, as far as one that began later has been
 * committed since: of the newest of all it does not know.
 */
export class OpenTransactions {
  readonly #session: PostgresSession
  #first: ReadonlySet<string> | undefined
  /** Of a replica: ids from here on began after the first look. */
  #fresh: bigint | undefined

  constructor(session: PostgresSession) {
    this.#session = session
  }

  /** Why rows may still come, in words; undefined where none can. Throws what pg throws. */
  async before({ end, graceMs }: WindowEnd): Promise<string | undefined> {
    return (await this.#session.server()).replica ? this.#ofReplica(end + graceMs) : this.#ofPrimary(end)
  }

  async #ofPrimary(end: number): Promise<string | undefined> {
    const { rows } = await this.#session.ask(OPEN)
    this.#first ??= new Set(rows.map(([id]) => id ?? ''))
    const known = this.#first
    const open = rows
      .map(([id, who, since]) => ({ id: id ?? '', who: who ?? '', since: since === null ? undefined : Number(since) }))
      .filter(({ id, since }) => (since === undefined ? known.has(id) : since < end))
      .sort((a, b) => (a.since ?? 0) - (b.since ?? 0))
    const [oldest] = open
    if (oldest === undefined) return undefined
    const since = oldest.since === undefined ? '' : `, open since ${new Date(oldest.since).toISOString()}`
    return `${countOf(open.length)} that began before the window's end ${open.length === 1 ? 'is' : 'are'} still open; the oldest is of pid ${oldest.who}${since}`
  }

  async #ofReplica(end: number): Promise<string | undefined> {
    const [row] = (await this.#session.ask(REPLICA)).rows
    const [replayed, hasAll, xmin, xmax] = row ?? []
    const at = replayed === null || replayed === undefined ? undefined : Number(replayed)
    if (hasAll !== 'true' && (at === undefined || at < end)) {
      const upTo = at === undefined ? '' : `: it has come to ${new Date(at).toISOString()}`
      return `the replica is behind the window's end${upTo}`
    }
    this.#fresh ??= BigInt(xmax ?? 0)
    if (BigInt(xmin ?? 0) >= this.#fresh) return undefined
    return 'transactions that may have begun before the window ended are still open on the primary of this replica'
  }
}

const countOf = (transactions: number): string =>
  transactions === 1 ? '1 transaction' : `${transactions} transactions`
