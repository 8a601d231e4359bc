import type { Connection } from 'mysql2/promise'
import { formatDatabase } from '../core/address/database.js'
import type { IdsAsked } from '../core/ids-asked.js'
import { nameOfRows } from '../core/rows-asked.js'
import { WallClock } from '../core/wall-clock.js'
import type { IdBatch, Slice, TimeRange } from '../reconcile/ports.js'
import type { ColumnKind } from '../replay/rows/ports.js'
import { beforeBegun, fromDatabase, midway } from './errors.js'
import { type OpenedIds, PIECE_ROWS, timeKind } from './ids.js'
import { escaped, from, quoted, tableIs } from './mysql.js'
import { pieces } from './mysql-pieces.js'
import { connected } from './mysql-session.js'
import { kindOf, type MysqlField } from './mysql-values.js'
import type { DatabaseOptions } from './options.js'
import { columnAt } from './unique.js'

type Session = {
  readonly options: DatabaseOptions
  readonly client: Connection
  readonly asked: IdsAsked
  readonly where: string
  /** Of times that do not say their zone. */
  readonly clock: WallClock
  readonly key: ColumnKind
  readonly time?: ColumnKind
}

type Cells = readonly (Buffer | null)[]

/** The sums need an id whose text is its own; a text column may be padded or folded. */
const SUMMED: ReadonlySet<ColumnKind> = new Set(['integer', 'decimal'])

/** Ids of MariaDB and MySQL out of one snapshot, streamed: so no index is needed, and equal ids are all told. Throws as `openIds`. */
export async function openMysqlIds(options: DatabaseOptions, asked: IdsAsked): Promise<OpenedIds> {
  const where = formatDatabase(options.address)
  let client: Connection | undefined
  try {
    client = await connected(options)
    const { isSummed, ...looked } = await look(client, asked)
    await begin(client)
    const clock = new WallClock(looked.time === 'instant' ? 'UTC' : asked.zone)
    return opened({ options, client, asked, where, clock, ...looked }, isSummed)
  } catch (error) {
    client?.destroy()
    throw beforeBegun(fromDatabase(error, where))
  }
}

type Looked = Pick<Session, 'key' | 'time'> & { readonly isSummed: boolean }

async function look(client: Connection, asked: IdsAsked): Promise<Looked> {
  const [, fields] = await client.query({ sql: `SELECT s.* FROM ${from(asked)} LIMIT 0`, rowsAsArray: true })
  const columns = (fields as unknown as readonly MysqlField[]).map(field => ({
    name: field.name,
    kind: kindOf(field, new Set()),
  }))
  const key = columns[columnAt(columns, asked.key)]?.kind ?? 'text'
  if (asked.time === undefined) return { key, isSummed: false }
  const time = timeKind(columns, asked.time)
  const isRead = time === 'instant' || asked.zone === 'UTC'
  return { key, time, isSummed: isRead && SUMMED.has(key) && (await isUnique(client, asked)) }
}

/** Each id once at most, as the sums need it. */
async function isUnique(client: Connection, { of, key }: IdsAsked): Promise<boolean> {
  if (!('table' in of)) return false
  const [rows] = await client.query({
    sql: `SELECT index_name FROM information_schema.statistics WHERE ${tableIs(of.table, 'table_schema')} AND non_unique = 0
      GROUP BY index_name HAVING SUM(column_name IS NULL OR sub_part IS NOT NULL OR column_name <> ${escaped(key)}) = 0 LIMIT 1`,
    rowsAsArray: true,
  })
  return (rows as unknown[]).length > 0
}

/** A snapshot of its own; a stream takes as long as its reader, so the server may not end it by the clock. */
async function begin(client: Connection): Promise<void> {
  await client.query('SET SESSION net_write_timeout = 600')
  await client.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ')
  await client.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
}

const opened = (session: Session, isSummed: boolean): OpenedIds => ({
  kind: 'stream',
  name: `${nameOfRows(session.asked)} of ${session.where}`,
  batches: (range, signal) => batches(session, range, signal),
  ...(isSummed ? { slices: (range, width, signal) => slices(session, { range, width, signal }) } : {}),
  ...(session.time === undefined ? {} : { timeless: signal => timeless(session, signal) }),
  [Symbol.asyncDispose]: async () => session.client.destroy(),
})

async function* batches(session: Session, range: TimeRange, signal: AbortSignal): AsyncGenerator<IdBatch> {
  const { asked, key } = session
  const text = `SELECT s.${quoted(asked.key)}, ${millis(session)} FROM ${from(asked)}${within(session, range)}`
  const encoding = key === 'bytes' ? 'hex' : 'utf8'
  for await (const rows of read(session, signal, text))
    yield {
      ids: rows.map(([id]) => id?.toString(encoding) ?? null),
      times: rows.map(([, time]) => instantIn(session, time)),
    }
}

type Slicing = { readonly range: TimeRange; readonly width: number; readonly signal: AbortSignal }

async function slices(session: Session, { range, width, signal }: Slicing): Promise<readonly Slice[] | undefined> {
  const id = `s.${quoted(session.asked.key)}`
  const ms = millis(session)
  // CONV gives text, and a sum of texts would be a double.
  const text = `SELECT ${ms} - MOD(MOD(${ms}, ${width}) + ${width}, ${width}) AS slice, COUNT(*), SUM(CAST(CONV(LEFT(MD5(${id}), 15), 16, 10) AS UNSIGNED)),
    COUNT(*) - COUNT(${id}) FROM ${from(session.asked)}${within(session, range)} GROUP BY slice`
  const all: Slice[] = []
  for await (const rows of read(session, signal, text))
    for (const [hour, count, sum, without] of rows) {
      if (hour === null || String(without) !== '0') return undefined
      all.push({ from: Number(String(hour)), count: BigInt(String(count)), sum: BigInt(String(sum)) })
    }
  return all
}

async function timeless(session: Session, signal: AbortSignal): Promise<number> {
  const { asked } = session
  const text = `SELECT COUNT(*) FROM ${from(asked)} WHERE s.${quoted(asked.time ?? '')} IS NULL`
  for await (const [row] of read(session, signal, text)) return Number(String(row?.[0] ?? 0))
  return 0
}

async function* read(session: Session, signal: AbortSignal, text: string): AsyncGenerator<readonly Cells[]> {
  const { options, client, where } = session
  try {
    yield* pieces({ options, client, text, rows: PIECE_ROWS }, signal)
  } catch (error) {
    throw signal.aborted ? signal.reason : midway(fromDatabase(error, where))
  }
}

/** Milliseconds since 1970 as the column shows them, whatever its zone; NULL for days that no calendar has. */
const millis = ({ asked, time }: Session): string =>
  time === undefined
    ? 'NULL'
    : `FLOOR(TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', NULLIF(s.${quoted(asked.time ?? '')}, '0000-00-00')) / 1000)`

function instantIn({ clock }: Session, cell: Buffer | null | undefined): number | null {
  const shown = cell === null || cell === undefined ? Number.NaN : Number(cell.toString())
  return Number.isSafeInteger(shown) ? clock.instantOf(shown) : null
}

function within(session: Session, { from: start, to }: TimeRange): string {
  const { asked, clock } = session
  const shown = (at: number) => escaped(new Date(clock.wallOf(at)).toISOString().replace('T', ' ').replace('Z', ''))
  const column = `s.${quoted(asked.time ?? '')}`
  const terms = [
    ...(start === undefined ? [] : [`${column} >= ${shown(start)}`]),
    ...(to === undefined ? [] : [`${column} < ${shown(to)}`]),
  ]
  return terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`
}
