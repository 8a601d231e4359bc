/** What the brokers say of one partition at one moment. */
export type LaneReading = {
  readonly start: bigint
  readonly end: bigint
  readonly stableEnd: bigint
  /** Absent where the group has no commit. */
  readonly committed?: bigint
  readonly metadata?: string
}

/** One look at all partitions. `at` is this machine's monotonic clock in milliseconds: rates need no wall clock. */
export type Reading = { readonly at: number; readonly lanes: ReadonlyMap<number, LaneReading> }

/** Where the group's next message is: its commit, the log start where the commit lies before it or is missing. */
export const positionOf = ({ committed, start }: LaneReading): bigint =>
  committed === undefined || committed < start ? start : committed

/** Messages unread, an upper bound where offsets have holes; 0 where the commit lies beyond the end. */
export const lagOf = (lane: LaneReading): bigint => {
  const lag = lane.end - positionOf(lane)
  return lag > 0n ? lag : 0n
}
