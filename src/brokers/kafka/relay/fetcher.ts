import { BrokerError } from '../../../errors.js'
import type { Link, Wire } from '../link.js'
import { type FetchedPartition, fetchRecords } from '../wire/fetch.js'
import type { Leaders } from './leaders.js'

/** How long the broker may wait for data before it answers empty-handed, in ms. */
const MAX_WAIT_MS = 250

export type FetchTarget = {
  readonly link: Link
  readonly topic: string
  readonly partition: number
  readonly leaders: Leaders
  /** Bytes asked for in one request. */
  readonly bytes: number
}

/**
 * Reads one partition with one request always on its way: while the caller works on a response, the broker already
 * prepares the next one. Offsets are given, never reset.
 */
export class Fetcher {
  readonly #target: FetchTarget
  #ahead: { offset: number; response: Promise<FetchedPartition> } | undefined

  #wire: Wire | undefined

  constructor(target: FetchTarget) {
    this.#target = target
  }

  /** The response at `offset`; throws BrokerError (`OFFSET_OUT_OF_RANGE`, leader moves) as the broker answered. */
  async at(offset: number): Promise<FetchedPartition> {
    const pending = this.#ahead?.offset === offset ? this.#ahead.response : this.#ask(offset)
    this.#ahead = undefined
    const fetched = await pending
    if (fetched.error !== 0)
      throw await this.#target.leaders.fault(fetched.error, `reading partition ${this.#target.partition}`)
    return fetched
  }

  /** Gives a response's buffer back; nothing may hold a view of it any more. */
  release(fetched: FetchedPartition): void {
    this.#wire?.recycle?.(fetched.records)
  }

  /** Sends the request for what follows; its failure shows when that offset is asked for. */
  prefetch(offset: number): void {
    const response = this.#ask(offset)
    response.catch(() => undefined)
    this.#ahead = { offset, response }
  }

  /** Ends the connection, and with it the buffers that it keeps. */
  async close(): Promise<void> {
    this.#ahead = undefined
    await this.#wire?.close()
  }

  async #ask(offset: number): Promise<FetchedPartition> {
    const { link, topic, partition, leaders, bytes } = this.#target
    const leader = leaders.of(partition)
    const wire = await link.wire(leader, `fetch-${partition}`)
    this.#wire = wire
    const [fetched] = await fetchRecords(wire, {
      topic,
      partitions: [{ partition, offset }],
      maxBytes: bytes,
      partitionBytes: bytes,
      isolation: 1,
      maxWaitMs: MAX_WAIT_MS,
      minBytes: 1,
    })
    if (fetched === undefined)
      throw new BrokerError('The broker answered a fetch without the partition asked for', { retry: true })
    return fetched
  }
}
