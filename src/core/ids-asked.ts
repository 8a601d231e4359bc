/** Which ids of a database: of a table or a query, with the time of each where it has one. Pure data. */
export type IdsAsked = {
  /** `TABLE` or `SCHEMA.TABLE`, as the database writes it; or the query. */
  readonly of: { readonly table: string } | { readonly query: string }
  /** Column of the id. It need not be unique. */
  readonly key: string
  /** Column of the time. */
  readonly time?: string
  /** IANA zone of times that do not say theirs. */
  readonly zone: string
}
