/** Ids as they were read, a column each: `ids[i]` is null where a row or message has none, `times[i]` (ms since 1970) where it has no time. */
export type IdBatch = {
  readonly ids: readonly (string | null)[]
  readonly times: readonly (number | null)[]
}

/** Half-open range of the time of a row, in ms since 1970. */
export type TimeRange = { readonly from?: number; readonly to?: number }

/**
 * The ids whose time lies in [from, from + width), summed: how many, and the sum of the first 15 hex digits of the MD5 of each id in UTF-8, read as a number
 * (PostgreSQL: `('x' || left(md5(id::text), 15))::bit(60)::bigint`, MySQL: `cast(conv(left(md5(id), 15), 16, 10) as unsigned)`).
 */
export type Slice = { readonly from: number; readonly count: bigint; readonly sum: bigint }

/** Ids that come row by row: of a database, of a topic. */
export interface IdStream {
  readonly kind: 'stream'
  /** How it is called to people, without credentials. */
  readonly name: string
  /** JSON pointer (RFC 6901) of the id, where `ids` are whole JSON documents; so that numbers keep all their digits. */
  readonly pointer?: string
  /** All ids whose time lies in the range, each as often as it is there, in any order. Throws UserError, BrokerError, the signal's reason. */
  batches(range: TimeRange, signal: AbortSignal): AsyncIterable<IdBatch>
  /**
   * Sums by time, slices of `width` ms that begin at multiples of it, empty ones left out; much cheaper than to read the ids. Only for a source of which the ids are unique and have the
   * same time on both sides (where they have not, all is read). Rows without an id or a time make it impossible: then it gives undefined.
   */
  slices?(range: TimeRange, width: number, signal: AbortSignal): Promise<readonly Slice[] | undefined>
  /** How many rows have no time, and so are in no range. Absent: not known. */
  timeless?(signal: AbortSignal): Promise<number>
}

/** Ids that DuckDB reads by itself: of a file, of the index of an archive. */
export interface IdRelation {
  readonly kind: 'relation'
  readonly name: string
  /** A SELECT of two columns: `id` VARCHAR, `time` BIGINT (ms since 1970). */
  readonly sql: string
  /** IANA zone in which it reads times without one. */
  readonly zone: string
}

/** One side of a comparison. */
export type IdSource = IdStream | IdRelation
