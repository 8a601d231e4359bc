/** Rows of a table or a query, by time and key. Pure data. */
export type RowsAsked = {
  /** `TABLE` or `SCHEMA.TABLE`, as the database writes it; or the query. */
  readonly of: { readonly table: string } | { readonly query: string }
  /** Column that tells one row from all others. */
  readonly key: string
  /** Column of the time. */
  readonly time: string
  /** Half-open, ISO 8601 in UTC. */
  readonly from: string
  readonly to: string
}

/** What the rows are called: their table, or that they are of a query. */
export const nameOfRows = ({ of }: Pick<RowsAsked, 'of'>): string => ('table' in of ? of.table : 'query')
