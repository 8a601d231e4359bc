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

/** As much as a page may hold is read while another is sent. */
const AHEAD: PageSize = { messages: 8000, bytes: 2 << 20 }
/** Of chunks, which may be empty, because all in them is left out. */
const AHEAD_CHUNKS = 64

/** Cuts the chunks of a lane into pages. The next page is read while one is sent, so that both go side by side. */
export class Pages {
  readonly #chunks: Ahead
  #rest: readonly ReplayItem[] = []
  /** Position behind the chunk that the rest is of. */
  #behind: Mark | undefined

  constructor(chunks: AsyncIterable<ReplayChunk>) {
    this.#chunks = new Ahead(chunks)
  }

  /** The next page, read whole; undefined at the end. Throws what reading throws. */
  async next(size: PageSize): Promise<Page | undefined> {
    const items: ReplayItem[] = []
    let [bytes, skipped] = [0, 0]
    let next: Mark | undefined
    while (items.length < size.messages && bytes < size.bytes && skipped < SKIPPED_MAX) {
      if (this.#rest.length === 0) {
        const value = await this.#chunks.take()
        if (value === undefined) break
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
  close(): Promise<void> {
    return this.#chunks.close()
  }

  /** As many as fit; the last may be larger than what was left. */
  #fitting({ messages, bytes }: PageSize): readonly ReplayItem[] {
    let sum = 0
    let count = 0
    while (count < this.#rest.length && count < messages && sum < bytes) sum += this.#rest[count++]?.message.size ?? 0
    return this.#rest.slice(0, count)
  }
}

/** Reads chunks before they are asked for: up to a page of them, and none behind one that pauses. */
class Ahead {
  readonly #chunks: AsyncIterator<ReplayChunk>
  readonly #read: ReplayChunk[] = []
  #messages = 0
  #bytes = 0
  #asked: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined
  #isOver = false

  constructor(chunks: AsyncIterable<ReplayChunk>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
    this.#readOn()
  }

  /** The next chunk; undefined at the end. Throws what reading throws, behind all that came before. */
  async take(): Promise<ReplayChunk | undefined> {
    while (this.#read.length === 0) {
      if (this.#failure !== undefined) throw this.#failure.error
      if (this.#isOver) return undefined
      this.#asked ??= this.#ask()
      await this.#asked
    }
    const chunk = this.#read.shift()
    this.#count(chunk, -1)
    this.#readOn()
    return chunk
  }

  /** Waits for what is on its way. */
  async close(): Promise<void> {
    this.#isOver = true
    await this.#asked
    await this.#chunks.return?.()
  }

  /** Between two chunks whatever else waits has its turn. */
  #readOn(): void {
    const isFull = this.#messages >= AHEAD.messages || this.#bytes >= AHEAD.bytes || this.#read.length >= AHEAD_CHUNKS
    if (isFull || this.#isOver || this.#asked !== undefined || this.#read.at(-1)?.pause === true) return
    this.#asked = this.#ask()
  }

  async #ask(): Promise<void> {
    try {
      const { value, done } = await this.#chunks.next()
      if (done === true) this.#isOver = true
      else {
        this.#read.push(value)
        this.#count(value, 1)
      }
    } catch (error) {
      this.#failure = { error }
      this.#isOver = true
    }
    this.#asked = undefined
    if (!this.#isOver) setImmediate(() => this.#readOn())
  }

  #count(chunk: ReplayChunk | undefined, sign: 1 | -1): void {
    const items = chunk?.items ?? []
    this.#messages += sign * items.length
    for (const { message } of items) this.#bytes += sign * message.size
  }
}
