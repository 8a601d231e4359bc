/** How a message stands that the archive has already: it counts with its ack, or was counted before its ack was forgotten. */
export type Archived = 'uncounted' | 'counted'

export type Expected = {
  /** What tells the last messages of the archive: those that may come again, and some before them. */
  readonly contents: readonly string[]
  /** So many of them are in the queue, by its counts. */
  readonly inQueue: number
  /** So many of the archive's messages are not counted yet. */
  readonly uncounted: number
}

/**
 * Messages that come again after they were archived, as after a kill: each is known by its content, and acked without being kept twice. No more are
 * taken for known than there are in the queue by its counts. Of messages that are alike byte for byte nobody can tell which came again: they are
 * kept, and told.
 */
export class KnownAgain {
  readonly #once = new Set<string>()
  readonly #often = new Set<string>()
  #left: number
  #uncounted: number
  #counted = 0
  #twice = 0
  /** So many more messages that are not known are worth a look. */
  #looks: number

  constructor({ contents, inQueue, uncounted }: Expected) {
    for (const content of contents) (this.#once.has(content) ? this.#often : this.#once).add(content)
    for (const content of this.#often) this.#once.delete(content)
    this.#left = inQueue
    this.#uncounted = uncounted
    this.#looks = contents.length
  }

  /** Messages that are still expected, at most. */
  get left(): number {
    return this.#left
  }

  /** Messages of the archive that nobody counted yet, and that did not come again. */
  get uncounted(): number {
    return this.#uncounted
  }

  /** Whether a message that was delivered before is worth a look. */
  get isLooking(): boolean {
    return this.#left > 0 || this.#looks > 0
  }

  /** Takes note of a message that was delivered before. Undefined: it is to be kept, and counts with its ack. */
  meet(content: string): Archived | undefined {
    if (this.#once.delete(content)) return this.#known()
    if (this.#left === 0) this.#looks--
    else if (this.#often.has(content)) this.#oneOfMany()
    return undefined
  }

  #known(): Archived | undefined {
    // More came again than the counts had told, as where others expired meanwhile; or it is another one, and alike.
    if (this.#left === 0) this.#twice++
    if (this.#left === 0) return undefined
    this.#left--
    if (this.#uncounted === 0) this.#counted++
    if (this.#uncounted === 0) return 'counted'
    this.#uncounted--
    return 'uncounted'
  }

  #oneOfMany(): void {
    this.#twice++
    this.#left--
    this.#uncounted = Math.max(0, this.#uncounted - 1)
  }

  /** Messages since the last time that were known again although their acks had been taken, and those that are kept although the archive may have had them. */
  take(): { readonly counted: number; readonly twice: number } {
    const taken = { counted: this.#counted, twice: this.#twice }
    this.#counted = 0
    this.#twice = 0
    return taken
  }

  /** Nothing more comes again: gives how many were gone all the time and are to be counted. */
  end(): number {
    const gone = this.#uncounted
    this.#left = 0
    this.#uncounted = 0
    this.#looks = 0
    return gone
  }
}

/** Nothing comes again. */
export const nothingAgain = (): KnownAgain => new KnownAgain({ contents: [], inQueue: 0, uncounted: 0 })
