import { type DuckDb, literal } from '../archive/duckdb.js'
import { fileKind } from '../core/file-kind.js'
import { UserError } from '../errors.js'
import type { Column, ColumnKind } from '../replay/rows/ports.js'
import { columnAt } from './unique.js'

/** A file as a relation of DuckDB. */
export type FileTable = {
  readonly kind: 'csv' | 'ndjson' | 'parquet'
  /** What stands behind FROM. */
  readonly from: string
  /** Of NDJSON, none: each line has its own. */
  readonly columns: readonly Column[]
}

/** The longest line of NDJSON. DuckDB has two of them in memory for each thread. */
const LINE_BYTES = 48 << 20

/** Looks at the columns of a file. Throws UserError `unreadable`. */
export async function fileTable(db: DuckDb, path: string): Promise<FileTable> {
  const kind = fileKind(path)
  if (kind === undefined) throw unreadable(path, 'its ending says nothing')
  if (/[*?[\]]/.test(path)) throw unreadable(path, 'its name holds *, ?, [ or ], which stand for several files')
  const from = FROM[kind](literal(path))
  const columns = kind === 'ndjson' ? [] : await columnsOf(db, path, from)
  return { kind, from, columns }
}

/** Of CSV nothing is guessed: every value is text, "" is empty, and nothing at all is NULL. Of NDJSON each line stays as it is. */
const FROM = {
  csv: (path: string) => `read_csv(${path}, all_varchar = true, header = true, allow_quoted_nulls = false)`,
  ndjson: (path: string) =>
    `read_json_objects(${path}, format = 'newline_delimited', maximum_object_size = ${LINE_BYTES})`,
  parquet: (path: string) => `read_parquet(${path})`,
}

async function columnsOf(db: DuckDb, path: string, from: string): Promise<readonly Column[]> {
  try {
    const reader = await db.connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
    return reader
      .getRowObjectsJson()
      .map(({ column_name: name, column_type: type }) => ({ name: String(name), kind: kindOf(String(type)) }))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw unreadable(path, error.message.trim(), error)
  }
}

/** Names of types: https://duckdb.org/docs/stable/sql/data_types/overview */
function kindOf(type: string): ColumnKind {
  if (/[[(]/.test(type) && !/^(DECIMAL|ENUM)/.test(type)) return 'json'
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)) return 'integer'
  if (type.startsWith('DECIMAL')) return 'decimal'
  if (type === 'TIMESTAMP WITH TIME ZONE') return 'instant'
  if (type.startsWith('TIMESTAMP')) return 'wall'
  return KINDS[type] ?? 'text'
}

const KINDS: Readonly<Record<string, ColumnKind>> = {
  BOOLEAN: 'boolean',
  FLOAT: 'float',
  DOUBLE: 'float',
  DATE: 'date',
  BLOB: 'bytes',
  JSON: 'json',
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A member's name as a JSON pointer (RFC 6901). */
const pointer = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

/** A column as text, by its name. Throws UserError `no-column`. */
export function textOf({ kind, columns }: FileTable, name: string): string {
  if (kind === 'ndjson') return `(json ->> ${literal(pointer(name))})`
  return `${quoted(columns[columnAt(columns, name)]?.name ?? name)}::VARCHAR`
}

/** All columns as text that keeps every digit: bytes as hex, what is nested as JSON. `c0`, `c1` and so on; of NDJSON the line. */
export const selected = ({ kind, columns }: FileTable): string =>
  kind === 'ndjson' ? 'json AS c0' : columns.map((column, at) => `${cellText(column)} AS c${at}`).join(', ')

function cellText({ name, kind }: Column): string {
  if (kind === 'bytes') return `hex(${quoted(name)})`
  return kind === 'json' ? `to_json(${quoted(name)})::VARCHAR` : `${quoted(name)}::VARCHAR`
}

/** The error of a file that is not what it should be. */
export const unreadable = (path: string, why: string, cause?: unknown): UserError =>
  new UserError(`${path} cannot be read: ${why}`, {
    code: 'unreadable',
    hint: 'Files are CSV with a line of column names, NDJSON or Parquet, by their ending.',
    cause,
  })
