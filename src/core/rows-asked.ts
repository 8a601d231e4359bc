/** Rows of a table, a query or a file, by time and key. Pure data. */
export type RowsAsked = {
  /** `TABLE` or `SCHEMA.TABLE`, as the database writes it, or the name of a file; or the query. */
  readonly of: { readonly table: string } | { readonly query: string }
  /** Column that tells one row from all others. */
  readonly key: string
  /** Column of the time; empty for a file whose rows go in its own order. */
  readonly time: string
  /** Half-open, ISO 8601 in UTC; empty for a file of which all rows go. */
  readonly from: string
  readonly to: string
  /** The end that was asked for, where it was still to come; `to` is the moment of the plan then. */
  readonly toAsked?: string
  /** IANA zone of times that do not say theirs; absent: UTC. */
  readonly zone?: string
  /** So long the window must be over before it is read, for what is committed late; absent: not at all. Milliseconds. */
  readonly graceMs?: number
  /** The end of the window that is read again for what was committed late; absent: none. Milliseconds. */
  readonly rescanMs?: number
}

/** What the rows are called: their table, or that they are of a query. */
export const nameOfRows = ({ of }: Pick<RowsAsked, 'of'>): string => ('table' in of ? of.table : 'query')
