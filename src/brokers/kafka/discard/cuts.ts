import { RunError } from '../../../errors.js'
import { listOffsets } from '../admin/list-offsets.js'
import type { Link } from '../link.js'
import { baseOffset, isControl, lastOffsetDelta } from '../records/batch-header.js'
import { batchStarts } from '../survey/batches.js'
import { fetchAt } from '../survey/fetch-at.js'
import { recordsAt } from '../survey/lane-sample.js'

/** A partition, and the offsets of it that may go. */
export type LaneSpan = {
  readonly partition: number
  readonly leader: number
  readonly from: number
  readonly to: number
}

/** Where a lane ends; `isBound` where the first record that is not older lies somewhere before it. */
export type Cut = { readonly to: number; readonly isBound: boolean }

/** Bytes looked at from the position on, where the broker's answer lies before it: 16 fetches. */
const FETCH_BYTES = 1 << 20
const FETCHES = 16

/**
 * The first offset of each lane whose record is as late as `time` (ms since the epoch), by ListOffsets: what lies before it is older. Brokers tell of the
 * whole log; where a record before the position is that late already, the records behind the position are looked at, as far as that goes quickly.
 * Throws BrokerError, UserError.
 */
export async function cutsAt(
  link: Link,
  topic: string,
  { lanes, time }: { readonly lanes: readonly LaneSpan[]; readonly time: number },
): Promise<Map<number, Cut>> {
  const open = lanes.filter(({ from, to }) => from < to)
  const partitions = open.map(({ partition }) => partition)
  const found = partitions.length === 0 ? new Map() : await listOffsets(link, topic, partitions, time)
  const cuts = new Map<number, Cut>()
  for (const lane of open) {
    const offset = found.get(lane.partition)?.offset ?? -1
    cuts.set(lane.partition, await cutOf(link, topic, { lane, offset, time }))
  }
  return cuts
}

type Answer = { readonly lane: LaneSpan; readonly offset: number; readonly time: number }

async function cutOf(link: Link, topic: string, { lane, offset, time }: Answer): Promise<Cut> {
  if (offset < 0 || offset >= lane.to) return { to: lane.to, isBound: false }
  if (offset > lane.from) return { to: offset, isBound: false }
  return search(link, topic, { lane, time })
}

async function search(link: Link, topic: string, { lane, time }: Omit<Answer, 'offset'>): Promise<Cut> {
  const { partition, leader, to } = lane
  let offset = lane.from
  for (let i = 0; i < FETCHES && offset < to; i++) {
    const records = await fetchAt(link, { topic, partition, leader }, { offset: BigInt(offset), bytes: FETCH_BYTES })
    const { late, next } = lateIn(records, lane, time)
    if (late !== undefined) return { to: Math.min(to, late), isBound: false }
    if (next === undefined || next <= offset) break
    offset = next
  }
  return { to, isBound: offset < to }
}

function lateIn(records: Buffer, { from }: LaneSpan, time: number): { late?: number; next?: number } {
  let next: number | undefined
  for (const at of batchStarts(records)) {
    next = baseOffset(records, at) + lastOffsetDelta(records, at) + 1
    if (isControl(records, at)) continue
    for (const { offset, timestamp } of tolerated(records, at))
      if (Number(offset) >= from && timestamp >= time) return { late: Number(offset), next }
  }
  return next === undefined ? {} : { next }
}

/** A batch that cannot be read is the run's business: it ends there. */
function tolerated(records: Buffer, at: number): ReturnType<typeof recordsAt> {
  try {
    return [...recordsAt(records, at)]
  } catch (error) {
    if (error instanceof RunError) return []
    throw error
  }
}
