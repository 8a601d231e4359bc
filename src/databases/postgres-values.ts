import type { FieldDef } from 'pg'
import type { RowsAsked } from '../core/rows-asked.js'
import type { Column, ColumnKind, Row, RowPage, RowValue } from '../replay/rows/ports.js'
import type { Answer } from './postgres-session.js'
import { type ColumnTimes, isoTime } from './times.js'
import { columnAt } from './unique.js'

/** Object ids of built-in types: https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/catalog/pg_type.dat */
const KINDS: Readonly<Record<number, ColumnKind>> = {
  16: 'boolean',
  17: 'bytes',
  20: 'integer',
  21: 'integer',
  23: 'integer',
  26: 'integer',
  114: 'json',
  700: 'float',
  701: 'float',
  1082: 'date',
  1114: 'wall',
  1184: 'instant',
  1700: 'decimal',
  3802: 'json',
}

/** What the columns of an answer hold. Pure. */
export const columnsOf = (fields: readonly FieldDef[]): Column[] =>
  fields.map(({ name, dataTypeID }) => ({ name, kind: KINDS[dataTypeID] ?? 'text' }))

/** The rows of an answer, with their places. Throws UserError `no-column`. */
export function pageOf({ fields, rows }: Answer, asked: RowsAsked, times: ColumnTimes): RowPage {
  const columns = columnsOf(fields)
  const [time, key] = [columnAt(columns, asked.time), columnAt(columns, asked.key)]
  const kinds = columns.map(({ kind }) => kind)
  const row = (texts: readonly (string | null)[]): Row => {
    const place = { time: texts[time] ?? '', key: texts[key] ?? '' }
    return { place, at: times.at(place.time), values: valuesOf(kinds, texts) }
  }
  return { columns, rows: rows.map(row) }
}

/** Most values are what the server wrote. */
function valuesOf(kinds: readonly ColumnKind[], texts: readonly (string | null)[]): readonly RowValue[] {
  const values: RowValue[] = new Array(kinds.length)
  for (let at = 0; at < kinds.length; at++) values[at] = rowValue(kinds[at], texts[at] ?? null)
  return values
}

function rowValue(kind: ColumnKind | undefined, text: string | null): RowValue {
  if (text === null) return null
  if (kind === 'bytes') return Buffer.from(text.slice(2), 'hex')
  if (kind === 'boolean') return text === 't' ? 'true' : 'false'
  return isoTime(kind, text)
}
