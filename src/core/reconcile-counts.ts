/** What the comparison of both sides gave, in ids unless it says rows. */
export type ReconcileCounts = {
  /** Distinct ids that are expected. */
  readonly expected: number
  /** Rows or messages with an id that were seen. */
  readonly seen: number
  readonly missing: number
  /** Seen, and not expected. */
  readonly extra: number
  /** Seen more than once. */
  readonly duplicates: number
  /** Rows seen beyond the first of each id: seen = expected - missing + extra + surplus. */
  readonly surplus: number
  /** Rows without an id, which take no part. */
  readonly withoutId: { readonly expected: number; readonly seen: number }
  /** Rows of the expected side beyond the first of each id. */
  readonly expectedAgain: number
}
