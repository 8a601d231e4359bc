import { SpillwayError } from '../../../errors.js'
import type { Link } from '../link.js'
import { baseOffset, isControl } from '../records/batch-header.js'
import { batchStarts } from '../survey/batches.js'
import { fetchAt } from '../survey/fetch-at.js'
import { recordsAt } from '../survey/lane-sample.js'
import type { LaneSpan } from './cuts.js'

const BYTES = 65_536
/** Control batches may stand before the end; more of them than this are not worth the wait. */
const FETCHES = 4
const WITHIN_MS = 5_000

/**
 * Time of the last record before the end of each lane, in ms since the epoch, the brokers side by side. Lanes without an answer within five seconds, or
 * whose last record has no time, are left out: it is for the reader only.
 */
export async function lastTimes(link: Link, topic: string, lanes: readonly LaneSpan[]): Promise<Map<number, number>> {
  const times = new Map<number, number>()
  const deadline = performance.now() + WITHIN_MS
  const readLed = async (leader: number) => {
    for (const lane of lanes.filter(each => each.leader === leader && each.from < each.to)) {
      if (performance.now() > deadline) return
      const time = await lastTime(link, topic, lane)
      if (time !== undefined && time >= 0) times.set(lane.partition, time)
    }
  }
  await Promise.all([...new Set(lanes.map(({ leader }) => leader))].map(readLed))
  return times
}

async function lastTime(link: Link, topic: string, { partition, leader, from, to }: LaneSpan) {
  try {
    let offset = to - 1
    for (let i = 0; i < FETCHES && offset >= from; i++) {
      const records = await fetchAt(link, { topic, partition, leader }, { offset: BigInt(offset), bytes: BYTES })
      const { time, base } = lastBefore(records, to)
      if (time !== undefined) return time
      offset = Math.min(offset, base) - 1
    }
  } catch (error) {
    if (!(error instanceof SpillwayError)) throw error
  }
  return undefined
}

function lastBefore(records: Buffer, to: number): { time?: number; base: number } {
  const found: { time?: number; base: number } = { base: to }
  for (const at of batchStarts(records)) {
    if (baseOffset(records, at) >= to) break
    found.base = Math.min(found.base, baseOffset(records, at))
    if (isControl(records, at)) continue
    for (const { offset, timestamp } of recordsAt(records, at)) if (Number(offset) < to) found.time = timestamp
  }
  return found
}
