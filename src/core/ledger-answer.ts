/** What a run did with a message. `lost` and `doubted` are ranges that the journal names; `given-back` is an undo. */
export type Deed = 'drained' | 'worked' | 'discarded' | 'replayed' | 'parked' | 'lost' | 'doubted' | 'given-back'

/** One thing that a run of this home did, or may have done, with a message. */
export type LedgerEvent = {
  /** When the journal says that it was settled, ISO 8601 in UTC; the run's start where nothing tells more. */
  readonly at: string
  readonly run: string
  readonly verb: string
  readonly what: Deed
  /** Where it went or lies: an address with lane, `archive:RUN`, `parked:RUN`, a handler, or `nowhere`. */
  readonly where: string
  /** In words. */
  readonly detail: string
  /** False: the run may have had it; nothing that it kept can tell. */
  readonly certain: boolean
}

/** What is known of one message. */
export type LedgerAnswer = {
  readonly id: string
  /** At least one event is certain. */
  readonly found: boolean
  /** By time. */
  readonly events: readonly LedgerEvent[]
  /** Runs of this home that were searched. */
  readonly searched: number
  /** What could not be told, and why; in words. */
  readonly notes: readonly string[]
}
