import { addCounts, NO_COUNTS } from '../core/counts.js'
import type { Counts, Mark } from '../core/event.js'
import type { Batch, Opened, Settled, Sink, Source } from '../core/ports.js'
import type { Grant, Pacer } from '../core/rate.js'
import { Refusal, RunError } from '../errors.js'
import { PAGE_MESSAGES } from './limits.js'
import { type Guard, guarded } from './loop-guard.js'
import { type Page, Pages } from './pages.js'
import type {
  LaneSink,
  Outgoing,
  PageSize,
  ReplayExtra,
  ReplayItem,
  ReplayLane,
  ReplayPosition,
  ReplayTotals,
  Unable,
} from './ports.js'

/** What a lane that was never begun amounts to. */
export const NO_TOTALS: ReplayTotals = { ...NO_COUNTS, skipped: 0n }

export type LaneParts = {
  readonly source: ReplayLane
  readonly sink: LaneSink
  readonly guard: Guard
  /** Where the lane stands by the journal. */
  readonly known: ReplayPosition
  readonly pacer: Pacer
  /** Sets a message aside; resolves when that is durable. */
  readonly park: (unable: Unable<ReplayItem>) => Promise<void>
}

type Sent = { readonly written: number; readonly parked: number }

/** One lane of a replay for the pump: a page is read whole, with empty hands, before anything of it is sent; then it is sent and settled as one. */
export class LaneRun implements Source<Page>, Sink<Page> {
  readonly lane: string
  finished = false
  readonly #parts: LaneParts
  #at: ReplayPosition
  #sent: Sent = { written: 0, parked: 0 }
  #kept = 0

  constructor(parts: LaneParts) {
    this.lane = parts.source.lane
    this.#parts = parts
    this.#at = parts.known
  }

  async open(): Promise<Opened> {
    const { sink, source } = this.#parts
    const kept = await sink.position()
    const before = this.#at
    if (kept !== undefined) this.#at = this.#checked(kept)
    const recovered = kept === undefined || kept.mark === before.mark ? {} : { recovered: between(before, kept) }
    return { from: this.#at.mark, to: source.to, ...recovered }
  }

  async *batches(soft: AbortSignal): AsyncGenerator<Batch<Page>> {
    const { source, sink } = this.#parts
    if (this.#at.mark === source.to) {
      this.finished = true
      return
    }
    const pages = new Pages(source.read(this.#at.mark, soft))
    try {
      for (;;) {
        const allowed = await this.#grant(soft)
        if (allowed === undefined) return
        const page = await pages.next(smaller(pageOf(source, sink), allowed))
        if (page === undefined) {
          allowed.settle({ records: 0, bytes: 0 })
          if (soft.aborted) return
          this.#assertWhole()
          this.finished = true
          return
        }
        yield this.#batch(page, allowed)
      }
    } finally {
      await pages.close()
    }
  }

  async write(page: Page, hard: AbortSignal): Promise<void> {
    const { sink, park } = this.#parts
    const { going, staying } = this.#sorted(page)
    const unable = going.length === 0 ? [] : await sink.prepare(going)
    for (const each of [...staying, ...unable]) await park(each)
    const carried = unable.length === 0 ? going : without(going, unable)
    const refused = carried.length === 0 ? [] : await sink.send(carried, hard)
    for (const each of refused) await park(each)
    const written = carried.length - refused.length
    this.#sent = { written, parked: page.items.length - written }
  }

  /** All is durable when `write` resolves. */
  async flush(): Promise<void> {}

  #batch(page: Page, allowed: Grant): Batch<Page> {
    return {
      async *cargo() {
        yield page
      },
      settle: () => this.#settle(page, allowed),
      abandon: async () => {
        allowed.settle({ records: 0, bytes: 0 })
        await this.#parts.sink.abandon()
      },
    }
  }

  async #settle(page: Page, allowed: Grant): Promise<Settled> {
    const { sink } = this.#parts
    const bytes = page.items.reduce((sum, { message }) => sum + message.size, 0)
    const counts = countsOf(page.items.length, this.#sent, bytes)
    const skipped = BigInt(page.skipped)
    const totals = { ...addCounts(this.#at.totals, counts), skipped: this.#at.totals.skipped + skipped }
    await sink.commit({ mark: page.next, totals })
    await this.#letGo(page)
    this.#at = { mark: page.next, totals }
    allowed.settle({ records: page.items.length, bytes })
    return { mark: page.next, counts, ...(skipped === 0n ? {} : { skipped }) }
  }

  /** What a queue does not let go of comes again, though it was sent. */
  async #letGo(page: Page): Promise<void> {
    try {
      await this.#parts.source.settle?.(page.next)
    } catch (error) {
      this.#kept += page.items.length
      throw error
    }
  }

  /** Messages that were sent, and that the source may still have, since the last call. */
  takeKept(): number {
    const kept = this.#kept
    this.#kept = 0
    return kept
  }

  #sorted({ items }: Page): { going: readonly Outgoing[]; staying: readonly Unable<ReplayItem>[] } {
    const { guard } = this.#parts
    const going: Outgoing[] = []
    const staying: Unable<ReplayItem>[] = []
    for (const item of items) {
      const verdict = item.unable === undefined ? guarded(item.message, guard) : { reason: item.unable }
      if ('reason' in verdict) staying.push({ item, reason: verdict.reason })
      else going.push(outgoing(item, verdict.extra))
    }
    return { going, staying }
  }

  async #grant(soft: AbortSignal): Promise<Grant | undefined> {
    try {
      return await this.#parts.pacer.grant(soft)
    } catch (error) {
      if (soft.aborted) return undefined
      throw error
    }
  }

  #assertWhole(): void {
    const { messages } = this.#parts.source
    const { read, skipped } = this.#at.totals
    if (messages === undefined || messages === read + skipped) return
    throw new RunError(`Lane ${this.lane} held ${read + skipped} messages; it was said to hold ${messages}`, {
      code: 'archive-damaged',
      hint: 'What was there is sent. See what is missing: spillway archive verify RUN.',
    })
  }

  /** The target can be ahead of the journal, by what was settled without living to tell it; never behind. */
  #checked(kept: ReplayPosition): ReplayPosition {
    const { read, skipped } = this.#at.totals
    if (kept.totals.read >= read && kept.totals.skipped >= skipped) return kept
    throw new Refusal(`Lane ${this.lane}: the target knows of ${kept.totals.read} messages, the journal of ${read}`, {
      code: 'foreign-commit',
      hint: 'Somebody else has moved the position of this replay (its group at the target). Plan a new replay of what is missing.',
    })
  }
}

/** Of millions: a copy of all fields costs three times as much. */
function outgoing(item: ReplayItem, extra: ReplayExtra): Outgoing {
  const { message, next, to, codec } = item
  return to === undefined && codec === undefined ? { message, next, extra } : { ...item, extra }
}

function without(items: readonly Outgoing[], unable: readonly Unable[]): readonly Outgoing[] {
  const left = new Set<ReplayItem>(unable.map(({ item }) => item))
  return items.filter(item => !left.has(item))
}

/** What a queue still has is sent again after a kill, wherever the target keeps its position: so the page is bounded. */
const pageOf = ({ settle }: ReplayLane, { page }: LaneSink): PageSize =>
  settle === undefined ? page : { ...page, messages: Math.min(PAGE_MESSAGES, page.messages) }

const smaller = (page: PageSize, { records, bytes }: Grant): PageSize => ({
  messages: Math.max(1, Math.min(page.messages, records)),
  bytes: Math.max(1, Math.min(page.bytes, bytes)),
})

const countsOf = (read: number, { written, parked }: Sent, bytes: number): Counts => ({
  ...NO_COUNTS,
  read: BigInt(read),
  written: BigInt(written),
  parked: BigInt(parked),
  bytes: BigInt(bytes),
})

function between(before: ReplayPosition, { mark, totals }: ReplayPosition): Settled & { readonly mark: Mark } {
  const skipped = totals.skipped - before.totals.skipped
  const { skipped: _apart, ...counts } = totals
  return { mark, counts: addCounts(counts, before.totals, -1n), ...(skipped === 0n ? {} : { skipped }) }
}
