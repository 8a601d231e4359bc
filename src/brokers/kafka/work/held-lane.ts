import type { Counts } from '../../../core/event.js'
import type { Message } from '../../../core/message.js'
import type { Settled } from '../../../core/ports.js'
import type { Chunk, Done, OpenedLane, WorkLane } from '../../../fanout/ports.js'
import { LaneGone } from '../../../fanout/ports.js'
import { type Reading, readLane } from './lane-reading.js'

/** Where a lane begins by the word of the broker, and what may have been handled behind that. */
export type Start = {
  readonly offset: number
  readonly doubtedTo?: number
  readonly why?: string
  /** What this run settled without living to journal it. */
  readonly recovered?: Settled
}

/** `closed` says that nothing is in hand behind the offset; `counts` is what was settled since the last one. */
export type CommitStep = { readonly closed: boolean; readonly counts?: Counts }

/** How a lane is read, and how its position is kept. */
export type LaneKeeping = {
  readonly reading: Omit<Reading, 'from'>
  /** Where it stands before it is opened, where nothing is in doubt behind that. */
  readonly at?: number | undefined
  /** Finds the position and marks it as taken over. Throws LaneGone, BrokerError, Refusal. */
  readonly open: () => Promise<Start>
  /** Moves the position; `closed` says that nothing is in hand behind it. Throws LaneGone. */
  readonly commit: (offset: number, step: CommitStep) => Promise<void>
}

/**
 * A lane while it is ours. `revoke` asks for it back: chunks end, and what is in hand may still be settled. `lose` says that it is gone: nothing is settled
 * any more. `released` resolves when whoever works on it has let go.
 */
export class HeldLane implements WorkLane {
  readonly lane: string
  readonly settling = 'prefix' as const
  readonly released: Promise<void>
  finished = false
  /** It ended by an error of its own (a lost range): nobody waits for it to be finished. */
  failed = false
  /** Where it stands while nothing of it is in hand or in doubt. */
  closedAt: number | undefined
  readonly #keeping: LaneKeeping
  readonly #back = new AbortController()
  #release: () => void = () => undefined
  #gone: LaneGone | undefined
  #from = 0
  #committed = -1

  constructor(keeping: LaneKeeping) {
    this.#keeping = keeping
    this.closedAt = keeping.at
    this.lane = String(keeping.reading.partition)
    this.released = new Promise(resolve => {
      this.#release = resolve
    })
  }

  /** Asks for the lane back. */
  revoke(): void {
    this.#back.abort()
  }

  /** Takes back a lane that nobody has begun to work on. */
  drop(): void {
    this.#back.abort()
    this.#release()
  }

  /** Says that the lane is gone, for `why`. */
  lose(why: string): void {
    this.#gone ??= new LaneGone(`Partition ${this.lane}: ${why}`)
    this.#back.abort()
  }

  async open(): Promise<OpenedLane> {
    if (this.#back.signal.aborted) throw this.#left(this.#gone ?? new LaneGone(`Partition ${this.lane} was given back`))
    const { offset, doubtedTo, why, recovered } = await this.#whileOurs(() => this.#keeping.open())
    this.#from = offset
    this.#committed = offset
    this.closedAt = undefined
    const to = String(Math.max(offset, this.#keeping.reading.end()))
    const opened = { from: String(offset), to, ...(recovered === undefined ? {} : { recovered }) }
    if (doubtedTo === undefined || doubtedTo <= offset) return opened
    const messages = BigInt(doubtedTo - offset)
    return { ...opened, doubted: { to: String(doubtedTo), messages, why: why ?? 'the last one did not close it' } }
  }

  async *chunks(soft: AbortSignal): AsyncIterable<Chunk> {
    const signal = AbortSignal.any([soft, this.#back.signal])
    try {
      yield* readLane({ ...this.#keeping.reading, from: this.#from }, signal)
    } catch (error) {
      this.failed = true
      throw error
    }
    if (this.#gone) throw this.#left(this.#gone)
    if (!signal.aborted) this.finished = true
  }

  after(message: Message): string {
    return String(Number(message.mark) + 1)
  }

  async settle({ upTo, counts }: Done): Promise<void> {
    await this.#commit(Number(upTo), { closed: false, counts })
  }

  /** A lane that went meanwhile is no more to be closed: whoever has it now doubts it, and rightly. */
  async close(clean: boolean): Promise<void> {
    try {
      if (!clean || this.#committed < 0 || this.#gone) return
      await this.#commit(this.#committed, { closed: true })
      this.closedAt = this.#committed
    } catch (error) {
      if (!(error instanceof LaneGone)) throw error
    } finally {
      this.#release()
    }
  }

  async #commit(offset: number, step: CommitStep): Promise<void> {
    await this.#whileOurs(() => this.#keeping.commit(offset, step))
    this.#committed = offset
  }

  async #whileOurs<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (this.#gone) throw this.#gone
      return await work()
    } catch (error) {
      throw error instanceof LaneGone ? this.#left(error) : error
    }
  }

  #left(gone: LaneGone): LaneGone {
    this.#gone ??= gone
    this.#back.abort()
    this.#release()
    return gone
  }
}
