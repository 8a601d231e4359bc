import { crc32c } from '@node-rs/crc32'

/**
 * One part of the index: a zstd skippable frame (RFC 8878, 3.1.2), which every reader of zstd passes over, then a zstd frame of CSV lines. The
 * skippable frame says how long the other is, vouches for both, and names the lanes, so that the rows of a lane are found without unpacking.
 */
const MAGIC = 0x184d2a50
const VERSION = 1
/** Magic number and length of the payload. */
const SKIPPABLE_HEAD = 8
/** Version (and three zeros), rows, bytes of the zstd frame, CRC-32C, number of lanes. */
const FIXED = 20

/** What a part holds of one lane. Marks are decimal. */
export type LaneRows = { readonly lane: string; readonly first: bigint; readonly last: bigint; readonly rows: number }

/** Bytes that `frameHead` needs at least. */
export const FRAME_HEAD_BYTES = SKIPPABLE_HEAD + FIXED

/** A part as it lies in the file: `data` bytes of zstd frame follow `head` bytes. */
export type FrameHead = { readonly head: number; readonly data: number; readonly rows: number; readonly crc: number }

/** Puts a skippable frame before a zstd frame. */
export function indexFrame(zstd: Buffer, lanes: readonly LaneRows[]): Buffer {
  const names = lanes.map(({ lane }) => Buffer.from(lane))
  const head = Buffer.alloc(FRAME_HEAD_BYTES + names.reduce((sum, name) => sum + 22 + name.length, 0))
  head.writeUInt32LE(MAGIC, 0)
  head.writeUInt32LE(head.length - SKIPPABLE_HEAD, 4)
  head.writeUInt8(VERSION, 8)
  head.writeUInt32LE(
    lanes.reduce((sum, { rows }) => sum + rows, 0),
    12,
  )
  head.writeUInt32LE(zstd.length, 16)
  head.writeUInt32LE(lanes.length, 24)
  let at = FRAME_HEAD_BYTES
  for (const [index, { first, last, rows: own }] of lanes.entries()) {
    const name = names[index] as Buffer
    at = head.writeUInt16LE(name.length, at)
    at += name.copy(head, at)
    at = head.writeUInt32LE(own, head.writeBigUInt64LE(last, head.writeBigUInt64LE(first, at)))
  }
  head.writeUInt32LE(checksum(head, zstd), 20)
  return Buffer.concat([head, zstd])
}

/** The head of the part that begins here; undefined where it is cut short. Throws TypeError where it is none. */
export function frameHead(bytes: Buffer): FrameHead | undefined {
  if (bytes.length < FRAME_HEAD_BYTES) return undefined
  if (bytes.readUInt32LE(0) !== MAGIC) throw new TypeError('no part of an index begins here')
  if (bytes.readUInt8(8) !== VERSION) throw new TypeError(`part of an index of version ${bytes.readUInt8(8)}`)
  return {
    head: SKIPPABLE_HEAD + bytes.readUInt32LE(4),
    data: bytes.readUInt32LE(16),
    rows: bytes.readUInt32LE(12),
    crc: bytes.readUInt32LE(20),
  }
}

/** What a part holds of each lane; `head` are the bytes of its skippable frame. Throws RangeError where they are altered. */
export function lanesOf(head: Buffer): readonly LaneRows[] {
  const lanes: LaneRows[] = []
  let at = FRAME_HEAD_BYTES
  for (let left = head.readUInt32LE(24); left > 0; left--) {
    const from = at + 2
    at = from + head.readUInt16LE(at)
    const lane = head.toString('utf8', from, at)
    lanes.push({
      lane,
      first: head.readBigUInt64LE(at),
      last: head.readBigUInt64LE(at + 8),
      rows: head.readUInt32LE(at + 16),
    })
    at += 20
  }
  return lanes
}

/** Throws TypeError where head or frame are not what was written. */
export function checkFrame(head: Buffer, zstd: Buffer): void {
  if (head.readUInt32LE(20) !== checksum(head, zstd))
    throw new TypeError('part of the index does not match its checksum')
}

/** Of the whole part without the checksum itself. */
const checksum = (head: Buffer, zstd: Buffer): number =>
  crc32c(zstd, crc32c(head.subarray(24), crc32c(head.subarray(0, 20)))) >>> 0
