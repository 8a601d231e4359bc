import type { RowsAsked } from '../../core/rows-asked.js'

/**
 * What a column holds. `instant` is a time with its zone, told in UTC; `wall` one without; `text` anything else that the database writes as text;
 * `bytes` alone comes as a Buffer.
 */
export type ColumnKind =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'json'
  | 'instant'
  | 'wall'
  | 'date'
  | 'bytes'
  | 'text'

export type Column = { readonly name: string; readonly kind: ColumnKind }

/** A value as the database writes it, digit by digit; NULL is null. */
export type RowValue = string | Buffer | null

/** Where a row stands among the others, in the database's own text: its time, then its key. */
export type RowPlace = { readonly time: string; readonly key: string }

export type Row = {
  readonly place: RowPlace
  /** The time in milliseconds since the epoch, cut; -1 where it is none that a clock shows. */
  readonly at: number
  /** In the order of the columns. */
  readonly values: readonly RowValue[]
}

/** Some rows in the order of time and key. */
export type RowPage = { readonly columns: readonly Column[]; readonly rows: readonly Row[] }

/** What is asked for, looked at. */
export type RowsLook = {
  readonly columns: readonly Column[]
  /** Undefined where counting took too long. */
  readonly count: bigint | undefined
  /** Rows in the window without a key: they have no place, so no page would have them. */
  readonly withoutKey: bigint
}

/** A database that rows are read from: a session that can only read, with a timeout for each statement. */
export interface RowSource extends AsyncDisposable {
  /** Reads no row. Throws UserError `no-table`, `no-column`, `no-unique-key`, `credentials`, `permission`, `unreachable`. */
  look(asked: RowsAsked): Promise<RowsLook>
  /** At most `limit` rows behind a place, or from the start of the window. Throws BrokerError, with `retry` where it may pass. */
  page(asked: RowsAsked, after: RowPlace | undefined, limit: number): Promise<RowPage>
}
