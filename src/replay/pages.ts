import type { Mark } from '../core/event.js'
import type { PageSize, ReplayChunk, ReplayItem } from './ports.js'

/** What is sent and settled as one. */
export type Page = {
  readonly items: readonly ReplayItem[]
  /** Position behind the page. */
  readonly next: Mark
  readonly skipped: number
}

/** Messages that are left out in a row before their number is told: a long search shows that it goes on. */
const SKIPPED_MAX = 100_000

/** Cuts the chunks of a lane into pages. One chunk is always on its way, so that reading and sending go side by side. */
export class Pages {
  readonly #chunks: AsyncIterator<ReplayChunk>
  #ahead: Promise<IteratorResult<ReplayChunk>>
  #rest: readonly ReplayItem[] = []
  /** Position behind the chunk that the rest is of. */
  #behind: Mark | undefined

  constructor(chunks: AsyncIterable<ReplayChunk>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
    this.#ahead = this.#ask()
  }

  /** The next page, read whole; undefined at the end. Throws what reading throws. */
  async next(size: PageSize): Promise<Page | undefined> {
    const items: ReplayItem[] = []
    let [bytes, skipped] = [0, 0]
    let next: Mark | undefined
    while (items.length < size.messages && bytes < size.bytes && skipped < SKIPPED_MAX) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#ahead
        if (done === true) break
        this.#ahead = this.#ask()
        if (value.pause === true) {
          if (next === undefined) continue
          break
        }
        this.#rest = value.items
        this.#behind = value.next
        skipped += value.skipped
        next = value.items.length === 0 ? value.next : next
      }
      const taken = this.#fitting({ messages: size.messages - items.length, bytes: size.bytes - bytes })
      items.push(...taken)
      bytes += taken.reduce((sum, { message }) => sum + message.size, 0)
      this.#rest = this.#rest.slice(taken.length)
      next = this.#rest.length === 0 ? this.#behind : (taken.at(-1)?.next ?? next)
    }
    return next === undefined ? undefined : { items, next, skipped }
  }

  /** Ends the reading; waits for what is on its way. */
  async close(): Promise<void> {
    await Promise.allSettled([this.#ahead])
    await this.#chunks.return?.()
  }

  /** As many as fit; the last may be larger than what was left. */
  #fitting({ messages, bytes }: PageSize): readonly ReplayItem[] {
    let sum = 0
    let count = 0
    while (count < this.#rest.length && count < messages && sum < bytes) sum += this.#rest[count++]?.message.size ?? 0
    return this.#rest.slice(0, count)
  }

  #ask(): Promise<IteratorResult<ReplayChunk>> {
    const asked = this.#chunks.next()
    // Its failure shows when it is waited for.
    asked.catch(() => undefined)
    return asked
  }
}
