import { BrokerError, LostRange } from '../../../errors.js'
import { listOffsets } from '../admin/list-offsets.js'
import { patiently } from '../admin/patiently.js'
import type { Link } from '../link.js'
import { baseOffset, holdsWholeBatch } from '../records/batch-header.js'
import type { Span } from '../records/scatter.js'
import { type Frames, Sieve } from '../relay/frames.js'
import type { Leaders } from '../relay/leaders.js'
import { type FetchedPartition, fetchRecords } from '../wire/fetch.js'

const MAX_WAIT_MS = 250
/** Empty answers in a row, although the last stable offset is further on, that show a hole up to the end. */
const EMPTY_MEANS_HOLE = 4
const ALL = { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }

/** Which partition to read, over which connection (`purpose` names the socket), so many bytes a request. */
export type RangeReader = {
  readonly link: Link
  readonly leaders: Leaders
  readonly partition: number
  readonly purpose: string
  readonly bytes: number
}

/**
 * What a read_committed reader sees of one partition in [from, to), piece by piece, one response in memory at a time. It
 * ends early where the last stable offset lies before `to`. Throws LostRange where the log starts behind the position.
 */
export async function* readRange(reader: RangeReader, { from, to }: Span): AsyncGenerator<Frames> {
  let position = from
  for (let empty = 0; position < to && empty < EMPTY_MEANS_HOLE; ) {
    const fetched = await fetchAt(reader, { from: position, to })
    const sieve = new Sieve(fetched, position, to)
    for (let piece = sieve.next(ALL); piece !== undefined; piece = sieve.next(ALL)) {
      position = piece.next
      empty = 0
      yield piece
    }
    if (holdsWholeBatch(fetched.records, 0) && baseOffset(fetched.records, 0) >= to) return
    if (!holdsWholeBatch(fetched.records, 0)) empty++
    if (fetched.lastStable <= position) return
  }
}

const fetchAt = (reader: RangeReader, span: Span): Promise<FetchedPartition> =>
  patiently(reader.link, async () => {
    const { leaders, partition } = reader
    const fetched = await ask(reader, span.from)
    if (fetched.error === 0) return fetched
    const fault = await leaders.fault(fetched.error, `Reading partition ${partition} of ${leaders.topic}`)
    if (!(fault instanceof BrokerError)) throw fault
    if (fault.code === 'OFFSET_OUT_OF_RANGE') throw await outOfRange(reader, span, fault)
    if (fault.retry) await leaders.refresh()
    throw fault
  })

async function ask({ link, leaders, partition, purpose, bytes }: RangeReader, offset: number) {
  const wire = await link.wire(leaders.of(partition), purpose)
  const [fetched] = await fetchRecords(wire, {
    topic: leaders.topic,
    partitions: [{ partition, offset }],
    maxBytes: bytes,
    partitionBytes: bytes,
    isolation: 1,
    maxWaitMs: MAX_WAIT_MS,
    minBytes: 1,
  })
  if (fetched !== undefined) return fetched
  throw new BrokerError('The broker answered a fetch without the partition asked for', { retry: true })
}

async function outOfRange({ link, leaders, partition }: RangeReader, { from, to }: Span, fault: BrokerError) {
  const start = (await listOffsets(link, leaders.topic, [partition], 'earliest')).get(partition)?.offset ?? 0
  if (start <= from) return fault
  const range = { lane: String(partition), from: String(from), to: String(Math.min(start, to)) }
  return new LostRange(range, `the log of ${leaders.topic} now starts at ${start}`)
}
