import type { PageSize } from '../../../replay/ports.js'

/** A transaction shall close well within 200 ms: pages grow while it takes less than this, and shrink over that. Milliseconds. */
const SHORT_MS = 80
const LONG_MS = 150
/** A page of the first size; `#scale` times as large is one of now. */
const MESSAGES = 500
const BYTES = 128 << 10
/** Below this nearly all of the time is what any transaction takes: smaller ones would only be slower. */
const SMALLEST = 1 / 4
const LARGEST = 16

/** Finds how much a transaction can hold so that it closes in time. */
export class PagePace {
  #scale = 1
  /** A page was refused: so many messages are still to go in pages of at most `most`. */
  #search: { left: number; most: number } | undefined
  #begun: number | undefined

  get size(): PageSize {
    const bytes = BYTES * this.#scale
    if (this.#search !== undefined) return { messages: this.#search.most, bytes }
    return { messages: Math.max(1, Math.floor(MESSAGES * this.#scale)), bytes }
  }

  begin(): void {
    this.#begun = performance.now()
  }

  /** A transaction that held so much is closed. */
  end(held: PageSize): void {
    const took = this.#begun === undefined ? undefined : performance.now() - this.#begun
    this.#begun = undefined
    if (this.#search !== undefined) {
      this.#search.left -= Math.max(1, held.messages)
      if (this.#search.left <= 0) this.#search = undefined
    } else if (took !== undefined && took > LONG_MS) this.#scale = Math.max(SMALLEST, this.#scale / 2)
    else if (took !== undefined && took < SHORT_MS && this.#isFull(held))
      this.#scale = Math.min(LARGEST, this.#scale * 2)
  }

  /** One of so many messages was refused: it is looked for in halves. */
  refused(messages: number): void {
    this.#begun = undefined
    const left = Math.max(this.#search?.left ?? 0, messages)
    this.#search = { left, most: Math.max(1, Math.floor(messages / 2)) }
  }

  #isFull({ messages, bytes }: PageSize): boolean {
    return messages >= this.size.messages || bytes >= this.size.bytes
  }
}
