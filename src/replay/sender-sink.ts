import type { Mark } from '../core/event.js'
import { failpoint } from '../core/failpoint.js'
import { BrokerError } from '../errors.js'
import { UncarriableError } from '../fanout/ports.js'
import { PAGE_MESSAGES } from './limits.js'
import type { LaneSink, Outgoing, PageSize, ReplaySender, ReplaySink, Unable } from './ports.js'

const PAGE_BYTES = 1 << 20
/** The broker has said that it did not take the message. */
const NOT_TAKEN = new Set(['nacked', 'returned'])
/** Once a stop was asked for, a broker that confirms nothing (an alarm) is waited for so long. Milliseconds. */
const GRACE_MS = 10_000

/**
 * A target that keeps no position: single messages, each durable before its page is journalled. Closes the sender at the end. `soft` is the run's
 * own: a stop does not wait for ever.
 */
export const senderSink = (sender: ReplaySender, soft: AbortSignal): ReplaySink => ({
  repeatsAtMost: PAGE_MESSAGES,
  lane: () => new SenderLane(sender, soft),
  finish: async () => undefined,
  [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
})

/** The way of a lane through a sender that keeps no position. What is known to have arrived is not sent again after a fault. */
class SenderLane implements LaneSink {
  readonly page: PageSize = { messages: PAGE_MESSAGES, bytes: PAGE_BYTES }
  readonly #sender: ReplaySender
  readonly #soft: AbortSignal
  /** By the position behind each: what has arrived, and what may have. Of earlier pages, what was never asked for again. */
  readonly #arrived = new Set<Mark>()
  readonly #unsure = new Set<Mark>()
  #page: readonly Outgoing[] = []
  #repeats = 0

  constructor(sender: ReplaySender, soft: AbortSignal) {
    this.#sender = sender
    this.#soft = soft
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
    await until(Promise.allSettled(fates), { hard, soft: this.#soft })
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

type Until = { readonly hard: AbortSignal; readonly soft: AbortSignal }

/** Resolves with the work, or rejects when `hard` aborts first, or a while after `soft` does. */
async function until(work: Promise<unknown>, { hard, soft }: Until): Promise<void> {
  hard.throwIfAborted()
  const over = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const { signal } = over
  try {
    await new Promise<void>((resolve, reject) => {
      const wait = () => {
        timer = setTimeout(() => reject(unconfirmed()), GRACE_MS)
      }
      hard.addEventListener('abort', () => reject(hard.reason), { signal })
      soft.addEventListener('abort', wait, { signal })
      if (soft.aborted) wait()
      void work.then(() => resolve())
    })
  } finally {
    clearTimeout(timer)
    over.abort()
  }
}

const unconfirmed = (): BrokerError =>
  new BrokerError(`The target has not confirmed all within ${GRACE_MS / 1000} s of the stop`, {
    retry: true,
    code: 'unconfirmed',
    hint: 'See what keeps it (an alarm, a full queue), then resume.',
  })
