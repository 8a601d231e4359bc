import type { Gate } from '../../../core/ports.js'
import { BrokerError } from '../../../errors.js'
import type { Chunk } from '../../../fanout/ports.js'
import type { Link } from '../link.js'
import { Fetcher } from '../relay/fetcher.js'
import type { Frames } from '../relay/frames.js'
import type { Leaders } from '../relay/leaders.js'
import { Reader } from '../relay/reader.js'
import { chunksOf } from './decode.js'
import { afterFault, type Patience } from './patience.js'

/** Bytes of record batches that are decoded at once. */
const PIECE = { records: Number.POSITIVE_INFINITY, bytes: 128 << 10 }

export type Reading = {
  readonly link: Link
  readonly leaders: Leaders
  readonly gate: Gate
  readonly partition: number
  /** Bytes of one fetch. */
  readonly bytes: number
  readonly from: number
  /** First offset that is not wanted now; asked again for each piece. */
  readonly end: () => number
  /** At the end: whether more may come; resolves once there is news. */
  readonly more: (signal: AbortSignal) => Promise<boolean>
}

/**
 * Reads a lane on, faults that pass waited out, until there is no more or the signal aborts. What was fetched is never recycled: messages are views of it.
 * Throws LostRange, RunError.
 */
export async function* readLane(reading: Reading, signal: AbortSignal): AsyncGenerator<Chunk> {
  const pieces = new Pieces(reading, signal)
  const lane = { topic: reading.leaders.topic, lane: String(reading.partition) }
  try {
    while (!signal.aborted) {
      const end = reading.end()
      if (pieces.position >= end) {
        if (await reading.more(signal)) continue
        return
      }
      const piece = await pieces.next(end)
      if (piece === undefined) continue
      for (const chunk of chunksOf(piece, lane)) {
        yield chunk
        if (signal.aborted) return
      }
    }
  } finally {
    await pieces.close()
  }
}

/** The pieces of one lane; after a fault it reads on with a new reader. */
class Pieces {
  position: number
  readonly #reading: Reading
  readonly #patience: Patience
  #reader: Reader | undefined
  #failures = 0

  constructor(reading: Reading, signal: AbortSignal) {
    const { link, gate, partition, leaders } = reading
    this.position = reading.from
    this.#reading = reading
    this.#patience = { link, gate, lane: String(partition), signal, between: () => leaders.refresh() }
  }

  /** The next piece before `end`; nothing where a fault came in between, or the signal aborted. */
  async next(end: number): Promise<Frames | undefined> {
    this.#reader ??= this.#open()
    try {
      const piece = await this.#reader.next(PIECE, end)
      if (this.#failures > 0) this.#patience.gate.recovered(this.#patience.lane)
      this.#failures = 0
      piece.response?.hold()
      this.position = piece.next
      return piece
    } catch (error) {
      await this.close()
      if (this.#patience.signal.aborted && error instanceof BrokerError) return undefined
      await afterFault(this.#patience, error, ++this.#failures)
      return undefined
    }
  }

  async close(): Promise<void> {
    await this.#reader?.close()
    this.#reader = undefined
    if (this.#failures > 0) this.#patience.gate.recovered(this.#patience.lane)
  }

  #open(): Reader {
    const { link, leaders, partition, bytes } = this.#reading
    const context = { source: link, sourceLeaders: leaders, plan: { sourceTopic: leaders.topic } }
    const fetcher = new Fetcher({ link, topic: leaders.topic, partition, leaders, bytes })
    return new Reader({ context, partition, fetcher, position: this.position })
  }
}
