import type { RowsAsked } from '../../core/rows-asked.js'

/**
 * What a column holds. `instant` is a time with its zone, told in UTC; `wall` one without; `text` anything else that the database writes as text;
 * `bytes` alone comes as a Buffer, and text that turns out to be none.
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

/** Where a row stands among the others: in the database's own text its time, then its key; in a file its number, then its key. */
export type RowPlace = { readonly time: string; readonly key: string }

export type Row = {
  readonly place: RowPlace
  /** The time in milliseconds since the epoch, cut; -1 where it is none that a clock shows. */
  readonly at: number
  /** In the order of the columns. */
  readonly values: readonly RowValue[]
  /** What tells this state of the row from another; absent: the time of its place. */
  readonly version?: string
}

/** Some rows in the order of time and key. */
export type RowPage = {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** More rows follow, although these are fewer than were asked for: they have other columns. */
  readonly more?: boolean
}

/** A server that rows are read from. */
export type RowsServer = {
  /** `host:port`. */
  readonly host: string
  /** It follows another server, and may be behind it. */
  readonly replica: boolean
  /** It is one of several that could be read. */
  readonly chosen: boolean
}

/** What is asked for, looked at. */
export type RowsLook = {
  readonly columns: readonly Column[]
  /** Undefined where counting took too long. */
  readonly count: bigint | undefined
  /** Rows in the window without a key: they have no place, so no page would have them. */
  readonly withoutKey: bigint
  /** Whether an index begins with the time; absent where that cannot be told. */
  readonly indexed?: boolean
  readonly server?: RowsServer
  /** How far a replica is behind; absent where it is none, or that cannot be told. Milliseconds. */
  readonly lagMs?: number
  /** The server's clock; milliseconds since the epoch. */
  readonly now?: number
  /** What else the operator should know. */
  readonly notes?: readonly string[]
}

/** When a window ended, in milliseconds since the epoch, and so long a replica must be past it. */
export type WindowEnd = { readonly end: number; readonly graceMs: number }

/** What is read: a session that can only read, with a timeout for each statement; or a file. */
export interface RowSource extends AsyncDisposable {
  /**
   * Reads no row. Throws UserError `no-table`, `no-column`, `same-name`, `no-unique-key`, `credentials`, `permission`, `unreachable`, and Refusal `stale` for a file
   * that is another one by now.
   */
  look(asked: RowsAsked): Promise<RowsLook>
  /** At most `limit` rows behind a place, or from the start of the window. Throws BrokerError, with `retry` where it may pass. */
  page(asked: RowsAsked, after: RowPlace | undefined, limit: number): Promise<RowPage>
  /**
   * Why rows may still come into a window that is over, in words: transactions that began before its end are open, or a replica has not come past it. Undefined
   * where none can, and where that cannot be told. To be asked again and again. Throws as `page` does.
   */
  unsettled?(window: WindowEnd): Promise<string | undefined>
}
