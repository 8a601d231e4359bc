import { UserError } from '../errors.js'
import type { IdStream } from '../reconcile/ports.js'
import type { Column, ColumnKind } from '../replay/rows/ports.js'
import { TIMES } from './times.js'
import { columnAt } from './unique.js'

/** Ids and times of a database, read in one session that can only read; disposing it ends the session. */
export type OpenedIds = IdStream & AsyncDisposable

/** Rows of one piece, and how long the database may take for it. Milliseconds. */
export const PIECE_ROWS = 10_000
export const PIECE_MS = 60_000

/** The kind of a column of time. Throws UserError `no-column`, `no-time`. */
export function timeKind(columns: readonly Column[], name: string): ColumnKind {
  const kind = columns[columnAt(columns, name)]?.kind ?? 'text'
  if (TIMES.has(kind)) return kind
  throw new UserError(`Column ${name} holds no time`, {
    code: 'no-time',
    hint: 'Give a column of a type for date and time; another one by --query, converted.',
  })
}

/** Milliseconds since 1970 as a database writes them. */
export const millisecondsOf = (text: string | null | undefined): number | null => {
  const at = text === null || text === undefined ? Number.NaN : Number(text)
  return Number.isSafeInteger(at) ? at : null
}
