/** How a message stands that the archive has already: it counts with its ack, or was counted before its ack was forgotten. */
export type Archived = 'uncounted' | 'counted'

export type Expected = {
  /** What tells the last messages of the archive, in order: those that may come again, and some before them. */
  readonly contents: readonly string[]
  /** The last so many of them were never seen to be acked. */
  readonly fresh: number
  /** So many of the archive's messages are in the queue, by its counts. */
  readonly inQueue: number
  /** So many of the archive's messages are not counted yet. */
  readonly uncounted: number
}

/**
 * Messages that come again after they were archived, as after a kill: each is known by its content, and acked without being kept twice. Of those that
 * were counted no more are taken for known than are in the queue by its counts. Of messages that are alike byte for byte nobody can tell which came
 * again: they are kept, and told.
 */
export class KnownAgain {
  readonly #once = new Map<string, 'fresh' | 'old'>()
  readonly #often = new Set<string>()
  #left: number
  #oldLeft: number
  #uncounted: number
  #forgotten = 0
  #twice = 0
  /** So many more messages that are not known are worth a look. */
  #looks: number

  constructor({ contents, fresh, inQueue, uncounted }: Expected) {
    for (const [at, content] of contents.entries())
      if (this.#once.has(content)) this.#often.add(content)
      else this.#once.set(content, at < contents.length - fresh ? 'old' : 'fresh')
    for (const content of this.#often) this.#once.delete(content)
    this.#left = inQueue
    this.#oldLeft = Math.max(0, inQueue - fresh)
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
    const known = this.#once.get(content)
    this.#once.delete(content)
    if (known === 'fresh') return this.#freshOne()
    if (known === 'old') return this.#oldOne()
    if (this.#left === 0) this.#looks--
    else if (this.#often.has(content)) this.#oneOfMany()
    return undefined
  }

  /** The counts may have called it gone: what a dead connection held comes back when the server finds the time. */
  #freshOne(): Archived {
    this.#left = Math.max(0, this.#left - 1)
    if (this.#uncounted === 0) return 'counted'
    this.#uncounted--
    return 'uncounted'
  }

  #oldOne(): Archived | undefined {
    if (this.#oldLeft === 0) {
      this.#twice++
      return undefined
    }
    this.#oldLeft--
    this.#left = Math.max(0, this.#left - 1)
    this.#forgotten++
    return 'counted'
  }

  #oneOfMany(): void {
    this.#twice++
    this.#left--
    this.#uncounted = Math.max(0, this.#uncounted - 1)
  }

  /** Messages that were known again although their acks had been taken; once all of them have come, or at the end. */
  takeForgotten(isOver: boolean): number {
    const forgotten = this.#left === 0 || isOver ? this.#forgotten : 0
    this.#forgotten -= forgotten
    return forgotten
  }

  /** Messages since the last time that are kept although the archive may have had them. */
  takeTwice(): number {
    const twice = this.#twice
    this.#twice = 0
    return twice
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
export const nothingAgain = (): KnownAgain => new KnownAgain({ contents: [], fresh: 0, inQueue: 0, uncounted: 0 })
