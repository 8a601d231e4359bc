import type { Boundary, QueueRelayRequest } from './request.js'

/** A tail this short is copied in one go and then called caught up, in seconds. */
const CAUGHT_UP_SECONDS = 2

/**
 * After how many messages the run ends: fixed with `--until now`. With a tail that is followed it is fixed once what is left is no more
 * than the copy moves in two seconds, or at the first look after the boundary has closed; an undo goes on until its lane is empty.
 */
export class EndCount {
  readonly #follows: boolean
  readonly #boundary: Boundary | undefined
  readonly #queue: string
  #count: number
  #asked: { readonly at: number; readonly moved: number } | undefined

  constructor({ plan, putBack, boundary }: QueueRelayRequest) {
    this.#boundary = boundary
    this.#queue = plan.queue
    this.#follows = plan.until !== 'now' && putBack === undefined
    this.#count = plan.until === 'now' ? Number(plan.lanes[0]?.to ?? 0) : Number.POSITIVE_INFINITY
  }

  /** Messages of all executions together; infinite while the tail is still far ahead. */
  get count(): number {
    return this.#count
  }

  /** The boundary is open: an empty queue is not the end. */
  get open(): boolean {
    return this.#boundary?.closed === false
  }

  get held(): boolean {
    return this.#boundary?.held === true
  }

  /** The queue was seen empty. */
  caughtUp(): void {
    this.#boundary?.caughtUp(this.#queue)
  }

  /** So many that were counted as moved are to be moved again. */
  extend(messages: number): void {
    this.#count += messages
  }

  /** So many were moved by now, and so many are left, in the queue and on their way here; asked after each batch. `at` in milliseconds. */
  look(moved: number, left: number, at: number): void {
    if (!this.#follows || Number.isFinite(this.#count)) return
    const asked = this.#asked
    const perSecond = asked === undefined ? 0 : ((moved - asked.moved) * 1000) / Math.max(1, at - asked.at)
    this.#asked = { at, moved }
    const isNear = left <= perSecond * CAUGHT_UP_SECONDS
    if (this.open) {
      if (isNear) this.caughtUp()
    } else if (isNear || this.#boundary !== undefined) this.#count = moved + left
  }
}
