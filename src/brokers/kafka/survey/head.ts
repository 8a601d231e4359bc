import type { Buffer } from 'node:buffer'
import type { Link } from '../link.js'
import { baseOffset, isControl, lastOffsetDelta } from '../records/batch-header.js'
import { batchStarts } from './batches.js'
import { fetchAt, type Spot } from './fetch-at.js'
import { recordsAt } from './lane-sample.js'
import { type LaneReading, lagOf, positionOf } from './reading.js'

/** Times around the group's position, in milliseconds since 1970; −1 is what a record without a time carries. */
export type Head = { oldest?: number; lastRead?: number }

const BYTES = 65_536
/** Control batches and gaps may stand at the position; more of them than this are not worth the wait. */
const FETCHES = 4

/** Reads the timestamps of the last record that the group has read and the first that it has not. Throws BrokerError. */
export const readHead = async (link: Link, spot: Spot, lane: LaneReading): Promise<Head> => {
  const head: Head = {}
  const position = positionOf(lane)
  const wanted = () => lagOf(lane) > 0n && head.oldest === undefined
  let offset = position > lane.start ? position - 1n : position
  for (let i = 0; i < FETCHES && offset < lane.end && (i === 0 || wanted()); i++) {
    const next = scan(await fetchAt(link, spot, { offset, bytes: BYTES }), position, head)
    if (next === undefined) break
    offset = next > offset ? next : offset + 1n
  }
  return head
}

/** Notes both times; returns the offset after the last whole batch, undefined where there was none. */
const scan = (records: Buffer, position: bigint, head: Head): bigint | undefined => {
  let next: bigint | undefined
  for (const at of batchStarts(records)) {
    next = BigInt(baseOffset(records, at) + lastOffsetDelta(records, at) + 1)
    if (isControl(records, at)) continue
    for (const { offset, timestamp } of recordsAt(records, at)) {
      if (offset < position) head.lastRead = timestamp
      else {
        head.oldest = timestamp
        return next
      }
    }
  }
  return next
}
