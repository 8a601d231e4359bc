import { BrokerError, LostRange, RunError } from '../../../errors.js'
import { listOffsets } from '../admin/list-offsets.js'
import { baseOffset, batchBytes, holdsWholeBatch, lastOffsetDelta } from '../records/batch-header.js'
import type { FetchedPartition } from '../wire/fetch.js'
import type { Fetcher } from './fetcher.js'
import { type Allowance, type Frames, Sieve } from './frames.js'
import type { RelayContext } from './lane-context.js'
import { Response } from './response.js'

/** Empty answers in a row, a quarter of a second each, that show that nothing is left before the end mark. */
const EMPTY_MEANS_HOLE = 4

/** What a reader asks where the log does not hold what it should. */
export type ReaderContext = Pick<RelayContext, 'source' | 'sourceLeaders'> & {
  readonly plan: Pick<RelayContext['plan'], 'sourceTopic'>
}

/** The pieces of one partition in order, from a given position; never resets, never skips in silence. */
export class Reader {
  readonly #context: ReaderContext
  readonly #partition: number
  readonly #fetcher: Fetcher
  #position: number
  #sieve: Sieve | undefined
  /** The response that the sieve reads. */
  #response: Response | undefined

  constructor(parts: { context: ReaderContext; partition: number; fetcher: Fetcher; position: number }) {
    this.#context = parts.context
    this.#partition = parts.partition
    this.#fetcher = parts.fetcher
    this.#position = parts.position
  }

  /** The next piece before `end`, at most `allow`. Throws LostRange when the position is not in the log any more. */
  async next(allow: Allowance, end: number): Promise<Frames> {
    for (let empty = 0; ; ) {
      const piece = this.#sieve?.next(allow)
      if (piece) {
        this.#position = piece.next
        return this.#response ? { ...piece, response: this.#response } : piece
      }
      this.#response?.release()
      this.#response = undefined
      const fetched = await this.#fetch()
      const after = endOf(fetched)
      if (after !== undefined) {
        this.#response = new Response(() => this.#fetcher.release(fetched))
        this.#sieve = new Sieve(fetched, this.#position, end)
        if (after < end) this.#fetcher.prefetch(after)
      } else if (++empty >= EMPTY_MEANS_HOLE) {
        if (fetched.lastStable < end) throw await this.#endWentBack(fetched.lastStable, end)
        return this.#hole(end)
      }
    }
  }

  /** A new leader may know less for a moment; a topic that was made anew will never have what the plan saw. */
  async #endWentBack(stable: number, end: number): Promise<Error> {
    await this.#context.sourceLeaders.refresh()
    return new BrokerError(`Partition ${this.#partition} now ends at ${stable}; ${end} was captured as its end`, {
      code: 'end-went-back',
      hint: 'A transaction may be open, or a leader behind; this may pass by itself.',
      retry: true,
    })
  }

  /** Lets go of what was fetched, and of the connection. */
  async close(): Promise<void> {
    this.#sieve = undefined
    this.#response = undefined
    await this.#fetcher.close()
  }

  /** Compaction may leave nothing up to the end: the position moves on over the hole. */
  #hole(end: number): Frames {
    const from = this.#position
    this.#position = end
    const span = { from, to: end }
    const raw = { from: 0, to: 0 }
    return { set: Buffer.alloc(0), starts: [], span, raw, next: end, bytes: 0, markers: 0, aborted: 0 }
  }

  async #fetch(): Promise<FetchedPartition> {
    this.#sieve = undefined
    try {
      return await this.#fetcher.at(this.#position)
    } catch (error) {
      if (error instanceof BrokerError && error.code === 'OFFSET_OUT_OF_RANGE') throw await this.#outOfRange()
      throw error
    }
  }

  async #outOfRange(): Promise<Error> {
    const { source, plan } = this.#context
    const earliest = (await listOffsets(source, plan.sourceTopic, [this.#partition], 'earliest')).get(this.#partition)
    const lane = String(this.#partition)
    if (earliest && earliest.offset > this.#position) {
      const to = String(earliest.offset)
      return new LostRange(
        { lane, from: String(this.#position), to },
        `the log now starts at ${to} (retention or DeleteRecords)`,
      )
    }
    return new RunError(`Partition ${lane}: its log ends before offset ${this.#position}, which this run had reached`, {
      code: 'log-went-back',
      hint: 'The log was cut (unclean leader election) or the topic was made anew. Compare the leader epochs before you go on.',
    })
  }
}

/** Offset after the last whole batch of a response; undefined when it holds none. */
function endOf(fetched: FetchedPartition): number | undefined {
  const { records } = fetched
  let last = -1
  for (let at = 0; holdsWholeBatch(records, at); at += batchBytes(records, at)) last = at
  return last < 0 ? undefined : baseOffset(records, last) + lastOffsetDelta(records, last) + 1
}
