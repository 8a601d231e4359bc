/** How a stage of consuming goes: so many messages unacked at most, and the consumer is cancelled when so many have come. */
export type Stage = { readonly prefetch: number; readonly until: number }

/**
 * A stage under way. A quorum queue (`takesBack`) takes back what is under way at a cancel, but only after the next consumer has begun, which
 * would turn the order around: its stages end when all that they may deliver has come. Each ack lets another message come, so acks wait
 * for the end of the stage once it is near.
 */
export class RunningStage {
  /** The consumer's tag. */
  readonly tag: string
  readonly #prefetch: number
  readonly #base: number
  readonly #takesBack: boolean
  #until: number
  #came = 0

  /** `base`: the last delivery tag before the stage. */
  constructor({ prefetch, until }: Stage, from: { tag: string; base: number; takesBack: boolean }) {
    this.#prefetch = prefetch
    this.#until = until
    this.tag = from.tag
    this.#base = from.base
    this.#takesBack = from.takesBack
  }

  /** The last delivery tag that may be acked now. */
  get ackable(): number {
    return this.#takesBack ? this.#base + this.#until - this.#prefetch : Number.POSITIVE_INFINITY
  }

  /** Counts a delivery; true for the one that ends the stage. */
  arrived(): boolean {
    this.#came++
    return this.#came === this.#until
  }

  /** Brings the end as near as it may be when all up to a tag is acked; true where it is now. */
  wind(acked: number): boolean {
    if (!this.#takesBack) return true
    this.#until = Math.min(this.#until, Math.max(0, acked - this.#base) + this.#prefetch)
    return this.#came >= this.#until
  }
}
