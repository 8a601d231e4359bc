import { check } from '../errors.js'
import type { Wire } from '../link.js'
import { Reader } from './reader.js'
import { Writer } from './writer.js'

/** A producer's aborted transaction within a fetched range. */
export type Aborted = { readonly producerId: bigint; readonly firstOffset: number }

/** One partition of a Fetch response; `records` is a view of the response, its last batch may be cut off. */
export type FetchedPartition = {
  topic?: string
  partition: number
  /** Error code; see `fromKafka`. */
  error: number
  highWatermark: number
  lastStable: number
  logStart: number
  aborted: Aborted[]
  records: Buffer
}

/** What to fetch. Offsets are the next to read; sizes in bytes; `isolation` 1 stops at the last stable offset. */
export type FetchRequest = {
  topic: string
  partitions: readonly { partition: number; offset: number; leaderEpoch?: number }[]
  maxBytes: number
  partitionBytes: number
  isolation: 0 | 1
  maxWaitMs: number
  minBytes: number
}

const FETCH = { api: 1, version: 11, name: 'Fetch', throttleAt: 0 }
const GRACE = 30_000

/** Fetch v11 without a session. Throws BrokerError; errors of a partition are in its `error`. */
export async function fetchRecords(wire: Wire, request: FetchRequest): Promise<FetchedPartition[]> {
  const reader = new Reader(await wire.ask(FETCH, [fetchBody(request)], request.maxWaitMs + GRACE))
  reader.i32()
  check(reader.i16(), { doing: `Fetching from topic ${request.topic}`, topic: request.topic, operation: 'Read' })
  reader.i32()
  return reader.array(r => topicOf(r.str(), r)).flat()
}

function fetchBody(request: FetchRequest): Buffer {
  return new Writer(64 + 32 * request.partitions.length)
    .i32(-1)
    .i32(request.maxWaitMs)
    .i32(request.minBytes)
    .i32(request.maxBytes)
    .i8(request.isolation)
    .i32(0)
    .i32(-1)
    .array([request.topic], (topic, w) =>
      w.str(topic).array(request.partitions, ({ partition, offset, leaderEpoch }, w) =>
        w
          .i32(partition)
          .i32(leaderEpoch ?? -1)
          .i64(offset)
          .i64(-1)
          .i32(request.partitionBytes),
      ),
    )
    .array([], () => {})
    .str('')
    .done()
}

const topicOf = (topic: string, r: Reader): FetchedPartition[] => r.array(r => partitionOf(topic, r))

function partitionOf(topic: string, r: Reader): FetchedPartition {
  const [partition, error] = [r.i32(), r.i16()]
  const [highWatermark, lastStable, logStart] = [r.number64(), r.number64(), r.number64()]
  const aborted = r.array(r => ({ producerId: r.i64(), firstOffset: r.number64() }))
  r.i32()
  return { topic, partition, error, highWatermark, lastStable, logStart, aborted, records: r.bytes() }
}
