import type { Mark } from '../core/event.js'
import { failpoint } from '../core/failpoint.js'
import { BrokerError } from '../errors.js'
import { UncarriableError } from '../fanout/ports.js'
import { PAGE_MESSAGES } from './limits.js'
import type { LaneSink, Outgoing, PageSize, ReplaySender, ReplaySink, Unable } from './ports.js'

const PAGE_BYTES = 1 << 20
/** The broker has said that it did not take the message. */
const NOT_TAKEN = new Set(['nacked', 'returned'])

/** A target that keeps no position: single messages, each durable before its page is journalled. Closes the sender at the end. */
export const senderSink = (sender: ReplaySender): ReplaySink => ({
  repeatsAtMost: PAGE_MESSAGES,
  lane: () => new SenderLane(sender),
  finish: async () => undefined,
  [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
})

/** The way of a lane through a sender that keeps no position. What is known to have arrived is not sent again after a fault. */
class SenderLane implements LaneSink {
  readonly page: PageSize = { messages: PAGE_MESSAGES, bytes: PAGE_BYTES }
  readonly #sender: ReplaySender
  /** By the position behind each: what has arrived, and what may have. Of earlier pages, what was never asked for again. */
  readonly #arrived = new Set<Mark>()
  readonly #unsure = new Set<Mark>()
  #page: readonly Outgoing[] = []
  #repeats = 0

  constructor(sender: ReplaySender) {
    this.#sender = sender
  }

  async position(): Promise<undefined> {
    return undefined
  }

  async prepare(): Promise<readonly Unable[]> {
    return []
  }

  async send(items: readonly Outgoing[], hard: AbortSignal): Promise<readonly Unable[]> {
    this.#page = items
    const open = items.filter(({ next }) => !this.#arrived.has(next))
    if (open.length === 0) return []
    failpoint('before-publish')
    const unable: Unable[] = []
    const fates = open.map(item => this.#one(item, unable))
    failpoint('after-publish')
    await until(Promise.allSettled(fates), hard)
    failpoint('after-confirm')
    // What cannot pass is told rather than what can.
    const failures = (await Promise.allSettled(fates)).flatMap(fate =>
      fate.status === 'rejected' ? [fate.reason] : [],
    )
    const failure = failures.find(each => !(each instanceof BrokerError && each.retry)) ?? failures[0]
    if (failure !== undefined) throw failure
    return unable
  }

  async #one(item: Outgoing, unable: Unable[]): Promise<void> {
    const { message, extra, to, next } = item
    if (this.#unsure.has(next)) this.#repeats++
    this.#unsure.add(next)
    try {
      await this.#sender.send(message, extra, to)
      this.#unsure.delete(next)
      this.#arrived.add(next)
    } catch (error) {
      if (error instanceof BrokerError && NOT_TAKEN.has(error.code)) this.#unsure.delete(next)
      if (!(error instanceof UncarriableError)) throw error
      this.#unsure.delete(next)
      unable.push({ item, reason: error.message })
    }
  }

  async commit(): Promise<void> {
    for (const { next } of this.#page) {
      this.#arrived.delete(next)
      this.#unsure.delete(next)
    }
  }

  async abandon(): Promise<void> {}

  takeRepeats(): number {
    const repeats = this.#repeats
    this.#repeats = 0
    return repeats
  }

  get uncommitted(): number {
    return this.#arrived.size + this.#unsure.size
  }
}

/** Resolves with the work, or rejects when `hard` aborts first. */
function until(work: Promise<unknown>, hard: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (hard.aborted) return reject(hard.reason)
    const giveUp = () => reject(hard.reason)
    hard.addEventListener('abort', giveUp, { once: true })
    void work.then(() => {
      hard.removeEventListener('abort', giveUp)
      resolve()
    })
  })
}
