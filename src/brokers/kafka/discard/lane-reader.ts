import { OffsetLines } from '../../../archive/offset-lines.js'
import { defined } from '../../../core/defined.js'
import type { Amount } from '../../../core/rate.js'
import { Refusal } from '../../../errors.js'
import { Fetcher } from '../relay/fetcher.js'
import { Reader } from '../relay/reader.js'
import { type Cargo, cargoOf, type Weighed, weigh } from './cargo.js'
import type { Question, Stop } from './examine.js'
import type { DiscardContext } from './lane-context.js'

/** Bytes of record batches that are looked at in one go: every piece is a write, and its rows are in memory together. */
const PIECE_BYTES = { least: 64 << 10, most: 1 << 20 }
const PIECE_ROWS = 4_000

/** Reads one partition up to its end, or to where the scope ends before it. */
export class LaneReader {
  /** Moves back to where the scope turned out to end. */
  end: number
  /** Why the lane may not go on behind its end, though its scope may. */
  refusal: Refusal | undefined
  readonly #context: DiscardContext
  readonly #question: Question
  #position: number
  #reader: Reader | undefined
  #pieceBytes = PIECE_BYTES.least

  constructor(
    context: DiscardContext,
    span: { readonly partition: number; readonly from: number; readonly to: number },
  ) {
    const { leaders, before, archive } = context
    this.#context = context
    this.#position = span.from
    this.end = span.to
    const { topic } = leaders
    const { partition } = span
    const index = archive === undefined ? undefined : new OffsetLines(`${topic}/${partition}/`, String(partition))
    this.#question = { topic, partition, ...defined({ before, index }) }
  }

  /**
   * The next piece, of about as much as is allowed; nothing where the scope ends at the position, which may be known only now. Valid until the next call.
   * Throws LostRange, BrokerError, RunError.
   */
  async next(allow: Amount): Promise<Cargo | undefined> {
    const most = { records: allow.records, bytes: Math.min(allow.bytes, this.#pieceBytes) }
    while (this.#position < this.end) {
      this.#reader ??= this.#open()
      const frames = await this.#reader.next(most, this.end)
      const weighed = weigh(frames, this.#question)
      if (weighed.stop === undefined) {
        this.#position = weighed.frames.next
        this.#pieceBytes = pieceBytes(weighed)
        return cargoOf(weighed, this.#question)
      }
      // Read again up to there: what is told of a piece holds for all of it.
      await this.#endAt(weighed.stop)
    }
    return undefined
  }

  async close(): Promise<void> {
    await this.#reader?.close()
    this.#reader = undefined
  }

  async #endAt({ offset, why }: Stop): Promise<void> {
    await this.close()
    this.end = offset
    if (why === 'undated') this.refusal = noTimestamp(this.#question, offset)
  }

  #open(): Reader {
    const { link, leaders, fetchBytes } = this.#context
    const { topic, partition } = this.#question
    const context = { source: link, sourceLeaders: leaders, plan: { sourceTopic: topic } }
    const fetcher = new Fetcher({ link, topic, partition, leaders, bytes: fetchBytes })
    return new Reader({ context, partition, fetcher, position: this.#position })
  }
}

/** As many as hold some thousand records like those of the last piece. */
const pieceBytes = ({ read, frames }: Weighed): number =>
  Math.min(PIECE_BYTES.most, Math.max(PIECE_BYTES.least, (PIECE_ROWS * frames.bytes) / Math.max(1, read)))

const noTimestamp = ({ topic, partition }: Question, offset: number): Refusal =>
  new Refusal(
    `The message at offset ${offset} of ${topic}, partition ${partition}, has no timestamp: its age is unknown`,
    {
      code: 'no-timestamp',
      hint: 'What is older before it is let go. Look at that message, then use --all, or move the group past it yourself and go on.',
    },
  )
