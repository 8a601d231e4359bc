import type { Client } from 'pg'
import { formatDatabase } from '../core/address/database.js'
import type { IdsAsked } from '../core/ids-asked.js'
import { nameOfRows } from '../core/rows-asked.js'
import { WallClock } from '../core/wall-clock.js'
import type { IdBatch, Slice, TimeRange } from '../reconcile/ports.js'
import type { ColumnKind } from '../replay/rows/ports.js'
import { beforeBegun, fromDatabase, isTimeout, midway } from './errors.js'
import { millisecondsOf, type OpenedIds, PIECE_MS, PIECE_ROWS, timeKind } from './ids.js'
import type { DatabaseOptions } from './options.js'
import { from, qualified, quoted } from './postgres.js'
import { AS_TEXT, connected } from './postgres-session.js'
import { columnsOf } from './postgres-values.js'
import { columnAt } from './unique.js'

/** Object ids of types whose `::text` is what the server sends: bigint, smallint, int, text, varchar, numeric, uuid. */
const SUMMED: ReadonlySet<number> = new Set([20, 21, 23, 25, 1043, 1700, 2950])

type Session = {
  readonly client: Client
  readonly asked: IdsAsked
  readonly where: string
  /** Of times that do not say their zone. */
  readonly clock: WallClock
  readonly time?: ColumnKind
}

/**
 * Ids of PostgreSQL out of one snapshot (REPEATABLE READ), by a cursor of the server: so no index is needed, and equal ids are all told. Throws as
 * `openIds`.
 */
export async function openPostgresIds(options: DatabaseOptions, asked: IdsAsked): Promise<OpenedIds> {
  const where = formatDatabase(options.address)
  let client: Client | undefined
  try {
    client = await connected(options)
    const { isSummed, ...looked } = await look(client, asked)
    const clock = new WallClock(looked.time === 'instant' ? 'UTC' : asked.zone)
    return opened({ client, asked, where, clock, ...looked }, isSummed)
  } catch (error) {
    // What has failed already fails again when it says goodbye.
    await client?.end().catch(() => undefined)
    throw beforeBegun(fromDatabase(error, where))
  }
}

type Looked = Pick<Session, 'time'> & { readonly isSummed: boolean }

async function look(client: Client, asked: IdsAsked): Promise<Looked> {
  await client.query(`SET statement_timeout = ${PIECE_MS}`)
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const { fields } = await client.query({ text: `SELECT s.* FROM ${from(asked)} LIMIT 0`, rowMode: 'array' })
  const columns = columnsOf(fields)
  const key = fields[columnAt(columns, asked.key)]?.dataTypeID ?? 0
  if (asked.time === undefined) return { isSummed: false }
  const time = timeKind(columns, asked.time)
  const isRead = SUMMED.has(key) && (time === 'instant' || asked.zone === 'UTC')
  return { time, isSummed: isRead && 'table' in asked.of && (await isUnique(client, asked.of.table, asked.key)) }
}

/** Each id once at most, as the sums need it. */
async function isUnique(client: Client, table: string, key: string): Promise<boolean> {
  const text = `SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indrelid = $1::regclass
    AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1 AND i.indpred IS NULL AND i.indexprs IS NULL AND a.attname = $2 LIMIT 1`
  return (await client.query(text, [qualified(table), key])).rows.length > 0
}

const opened = (session: Session, isSummed: boolean): OpenedIds => ({
  kind: 'stream',
  name: `${nameOfRows(session.asked)} of ${session.where}`,
  batches: (range, signal) => batches(session, range, signal),
  ...(isSummed ? { slices: (range, width, signal) => slices(session, { range, width, signal }) } : {}),
  ...(session.time === undefined ? {} : { timeless: signal => timeless(session, signal) }),
  // What has failed already fails again when it says goodbye; the socket is closed either way.
  [Symbol.asyncDispose]: () => session.client.end().catch(() => undefined),
})

async function* batches(session: Session, range: TimeRange, signal: AbortSignal): AsyncGenerator<IdBatch> {
  const { asked } = session
  const select = `SELECT s.${quoted(asked.key)}, ${millis(session)} FROM ${from(asked)}${within(session, range)}`
  await ask(session, signal, `DECLARE spillway_ids NO SCROLL CURSOR FOR ${select}`)
  for (;;) {
    const rows = await ask(session, signal, `FETCH ${PIECE_ROWS} FROM spillway_ids`)
    if (rows.length === 0) break
    yield { ids: rows.map(([id]) => id ?? null), times: rows.map(([, time]) => instantIn(session, time)) }
  }
  await ask(session, signal, 'CLOSE spillway_ids')
}

type Slicing = { readonly range: TimeRange; readonly width: number; readonly signal: AbortSignal }

/** Undefined where it took too long: then the ids are read. */
async function slices(session: Session, { range, width, signal }: Slicing): Promise<readonly Slice[] | undefined> {
  const id = `s.${quoted(session.asked.key)}::text`
  const ms = millis(session)
  const text = `SELECT ${ms} - (${ms} % ${width} + ${width}) % ${width}, count(*),
    sum(('x' || left(md5(${id}), 15))::bit(60)::bigint), count(*) - count(${id}) FROM ${from(session.asked)}${within(session, range)} GROUP BY 1`
  await ask(session, signal, 'SAVEPOINT sums')
  const rows = await ask(session, signal, text).catch(async (error: unknown) => {
    if (!isTimeout(error)) throw error
    await ask(session, signal, 'ROLLBACK TO SAVEPOINT sums')
    return undefined
  })
  if (rows === undefined || rows.some(([hour, , , without]) => hour === null || without !== '0')) return undefined
  return rows.map(([hour, count, sum]) => ({ from: Number(hour), count: BigInt(count ?? 0), sum: BigInt(sum ?? 0) }))
}

async function timeless(session: Session, signal: AbortSignal): Promise<number> {
  const { asked } = session
  if ('table' in asked.of && (await isNeverNull(session, signal))) return 0
  const [row] = await ask(
    session,
    signal,
    `SELECT count(*) FROM ${from(asked)} WHERE s.${quoted(asked.time ?? '')} IS NULL`,
  )
  return Number(row?.[0] ?? 0)
}

async function isNeverNull({ asked, ...session }: Session, signal: AbortSignal): Promise<boolean> {
  if (!('table' in asked.of)) return false
  const text = `SELECT attnotnull FROM pg_attribute WHERE attrelid = ${literal(qualified(asked.of.table))}::regclass AND attname = ${literal(asked.time ?? '')}`
  return (await ask({ ...session, asked }, signal, text))[0]?.[0] === 't'
}

/** The answer, every value as text; ended by the signal, and then throws its reason. Throws BrokerError. */
async function ask({ client, where }: Session, signal: AbortSignal, text: string): Promise<(string | null)[][]> {
  signal.throwIfAborted()
  // With a statement at work this cuts the connection.
  const stop = () => void client.end().catch(() => undefined)
  signal.addEventListener('abort', stop)
  try {
    const query = { text, rowMode: 'array' as const, types: AS_TEXT, query_timeout: 2 * PIECE_MS }
    return (await client.query(query)).rows as (string | null)[][]
  } catch (error) {
    throw signal.aborted ? signal.reason : midway(fromDatabase(error, where))
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Milliseconds since 1970 as the column shows them, whatever its zone. */
const millis = ({ asked, time }: Session): string => {
  const column = `s.${quoted(asked.time ?? '')}`
  return time === undefined
    ? 'NULL'
    : `CASE WHEN isfinite(${column}) THEN floor(extract(epoch FROM ${column}) * 1000)::bigint END`
}

function instantIn({ clock }: Session, text: string | null | undefined): number | null {
  const shown = millisecondsOf(text)
  return shown === null ? null : clock.instantOf(shown)
}

function within({ asked, time, clock }: Session, { from: start, to }: TimeRange): string {
  const border = (at: number) =>
    time === 'instant'
      ? `${literal(new Date(at).toISOString())}::timestamptz`
      : `${literal(new Date(clock.wallOf(at)).toISOString().replace('Z', ''))}::timestamp`
  const column = `s.${quoted(asked.time ?? '')}`
  const terms = [
    ...(start === undefined ? [] : [`${column} >= ${border(start)}`]),
    ...(to === undefined ? [] : [`${column} < ${border(to)}`]),
  ]
  return terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`
}
