import { crc32c } from '@node-rs/crc32'
import type { IndexRow, Piece } from '../../../src/archive/ports.js'
import { range } from './queue.js'

/** A record batch (format v2) of so many records, whose bytes nobody looks into. */
export function batch(base: number, records: number, bytes = 100): Buffer {
  const made = Buffer.alloc(61 + bytes, base % 251)
  made.writeBigInt64BE(BigInt(base), 0)
  made.writeInt32BE(made.length - 12, 8)
  made.writeInt32BE(0, 12)
  made.writeInt8(2, 16)
  made.writeInt32BE(records - 1, 23)
  made.writeInt32BE(records, 57)
  made.writeUInt32BE(crc32c(made.subarray(21)), 17)
  return made
}

/** The row of an offset. */
export const offsetRow = (lane: string, offset: number): IndexRow => ({
  id: `orders/${lane}/${offset}`,
  key: Buffer.from(`k${offset}`),
  timestamp: 1000 + offset,
  mark: String(offset),
  size: 10,
  digest: offset,
})

/** Batches of ten records each, [from, to), with their rows from `rowsFrom` on. */
export function batches(lane: string, from: number, to: number, rowsFrom = from): Piece {
  const bytes = Array.from({ length: (to - from) / 10 }, (_, i) => batch(from + 10 * i, 10))
  const rows = range(rowsFrom, to).map(offset => offsetRow(lane, offset))
  return { bytes, first: String(from), next: String(to), rows }
}
