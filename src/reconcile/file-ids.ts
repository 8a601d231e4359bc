import { literal, openDuckDb } from '../archive/duckdb.js'
import { fileKind } from '../core/file-kind.js'
import { UserError } from '../errors.js'
import type { IdRelation } from './ports.js'

/** A file of ids, and where they stand in it. */
export type IdFile = {
  readonly path: string
  /** Column of the id, or in NDJSON a member or JSON pointer; absent: the only column. */
  readonly id?: string
  readonly time?: string
  /** IANA zone of times that do not say theirs. */
  readonly zone: string
}

type Kind = 'csv' | 'ndjson' | 'parquet' | 'lines'

/** By its ending, `.gz` and `.zst` passed over; what is none of them has an id a line. Pure. */
export const kindOf = (path: string): Kind => fileKind(path) ?? 'lines'

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Nothing but the line itself: no quotes, and a separator that no id has (US of ASCII). */
const LINES =
  "auto_detect = false, header = false, delim = '\u001f', quote = '', escape = '', columns = {id: 'VARCHAR'}"

/** A list with an id a line as DuckDB reads it, for FROM: one column, `id`. */
export const listFrom = (path: string): string => `read_csv(${literal(path)}, ${LINES})`

/** The ids of a file as DuckDB reads them; a blank line is none. Throws UserError `unreadable`, `no-column`. */
export async function fileIds(file: IdFile, temporary: string): Promise<IdRelation> {
  const { path, zone } = file
  const relation = { kind: 'relation' as const, name: `file:${path}`, zone }
  const kind = kindOf(path)
  if (/[*?[\]]/.test(path)) throw unreadable(path, 'its name holds *, ?, [ or ], which stand for several files')
  if (kind === 'lines') {
    if (file.time !== undefined) throw unreadable(path, `it has an id a line, and no column ${file.time}`)
    return { ...relation, sql: `SELECT id, NULL::BIGINT AS time FROM ${listFrom(path)} WHERE id <> ''` }
  }
  if (kind === 'ndjson') {
    const from = `read_json_objects(${literal(path)}, format = 'newline_delimited')`
    const time = file.time === undefined ? 'NULL::BIGINT' : timeOf(`json ->> ${literal(pointer(file.time))}`)
    return {
      ...relation,
      sql: `SELECT json ->> ${literal(pointer(file.id ?? 'id'))} AS id, ${time} AS time FROM ${from}`,
    }
  }
  const from =
    kind === 'csv' ? `read_csv(${literal(path)}, all_varchar = true, header = true)` : `read_parquet(${literal(path)})`
  const columns = await columnsOf(path, from, temporary)
  const id = `${quoted(columnOf(path, file.id, columns))}::VARCHAR`
  const time =
    file.time === undefined ? 'NULL::BIGINT' : timeOf(`${quoted(columnOf(path, file.time, columns))}::VARCHAR`)
  return { ...relation, sql: `SELECT nullif(${id}, '') AS id, ${time} AS time FROM ${from}` }
}

/** A member's name as a JSON pointer (RFC 6901). */
const pointer = (name: string): string =>
  name.startsWith('/') ? name : `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

/** Milliseconds as they are, else a date and time, in the session's zone where it names none; what is neither ends the reading. */
function timeOf(text: string): string {
  // DuckDB takes a zone only behind seconds.
  const whole = `regexp_replace(${text}, '^(.{10}[T ]\\d\\d:\\d\\d)(\\s*(?:[Zz]|[+-].*))$', '\\1:00\\2')`
  // A cast to a number would round what has a fraction.
  const digits = `CASE WHEN regexp_full_match(${text}, '-?\\d+') THEN TRY_CAST(${text} AS BIGINT) END`
  const none = `error('"' || (${text}) || '" is no time')`
  return `CASE WHEN nullif(${text}, '') IS NOT NULL THEN coalesce(${digits}, epoch_ms(TRY_CAST(${whole} AS TIMESTAMPTZ)), ${none}) END`
}

async function columnsOf(path: string, from: string, temporary: string): Promise<readonly string[]> {
  await using db = await openDuckDb({ folder: temporary, memory: '256MB' })
  try {
    const reader = await db.connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
    return reader.getRowObjectsJson().map(({ column_name: name }) => String(name))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw unreadable(path, error.message.trim(), error)
  }
}

function columnOf(path: string, wanted: string | undefined, columns: readonly string[]): string {
  const found = wanted === undefined ? only(columns) : columns.find(each => each === wanted)
  if (found !== undefined) return found
  throw new UserError(
    wanted === undefined
      ? `${path} has ${columns.length} columns, and none is named`
      : `${path} has no column ${wanted}`,
    { code: 'no-column', hint: `Write file:${path}?id=COLUMN. Columns: ${columns.join(', ')}.` },
  )
}

const only = (columns: readonly string[]): string | undefined => (columns.length === 1 ? columns[0] : undefined)

const unreadable = (path: string, why: string, cause?: unknown): UserError =>
  new UserError(`${path} cannot be read: ${why}`, {
    code: 'unreadable',
    hint: 'Files are CSV with a line of column names, NDJSON or Parquet by their ending; any other has an id a line.',
    cause,
  })
