/** What is known as a run goes on after a kill, a loss or a fault: nothing of it is in hand. */
export type BeforeLook = {
  /** Messages that the archive has; those that it has twice count once. */
  readonly archived: number
  /** Of them, those that are counted as let go. */
  readonly counted: number
  /** Ready messages as the run began, those that have arrived since as far as is known, and those that are ready now. */
  readonly captured: number
  readonly arrived: number
  readonly ready: number
  /** A connection was lost, and with it acks that may or may not have been taken; else all that is not counted is in the queue. */
  readonly isLost: boolean
}

export type LookedBack = {
  /** Messages of the archive that are still in the queue, or in it again. */
  readonly inQueue: number
  /** Not counted, and gone by now: their acks were taken, and nobody lived to see it. */
  readonly found: number
  /** Not counted yet: each will be, once it is known again and acked, or turns out to be gone. */
  readonly uncounted: number
}

/**
 * A queue tells no position, but it has lost as many messages as were let go: what the archive has beyond that is still there. Exact while nothing
 * expires or is taken by others, and all arrivals are known. Pure.
 */
export function lookBack({ archived, counted, captured, arrived, ready, isLost }: BeforeLook): LookedBack {
  const gone = captured + arrived - ready
  const least = isLost ? 0 : archived - counted
  const inQueue = Math.max(least, 0, Math.min(archived - gone, archived))
  const found = Math.max(0, archived - inQueue - counted)
  return { inQueue, found, uncounted: Math.max(0, archived - counted - found) }
}

/**
 * How many of the archive's last messages are worth knowing: those that were never seen acked, and before them as many as a server may have forgotten,
 * however many more its counts suggest after long arrivals; and as many as may be in flight, should the counts be wrong. Pure.
 */
export const worthKnowing = (
  { inQueue, found, uncounted }: LookedBack,
  most: { readonly inFlight: number; readonly forgotten: number },
): number => {
  const fresh = found + uncounted
  return fresh + Math.max(0, Math.min(inQueue - fresh, most.forgotten)) + most.inFlight
}
