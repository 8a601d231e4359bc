/**
 * The record batch header (format v2): where its fields stand, read straight from the bytes of a fetch response.
 * Source: https://kafka.apache.org/documentation/#recordbatch. Offsets are read as numbers: exact up to 2^53.
 */
export const HEADER_BYTES = 61

/** Base offset to end of the length field: what stands before the bytes that `batchLength` counts. */
const LOG_OVERHEAD = 12

export const CODEC_MASK = 0x07
const LOG_APPEND_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20

/** A signed 32-bit field. Buffer's own method checks its argument at every call, which costs more than the four loads. */
export const readInt = (b: Buffer, at: number): number =>
  ((b[at] as number) << 24) | ((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number)

/** A signed 64-bit field as a number; timestamps and offsets are far below 2^53. */
export const readLong = (b: Buffer, at: number): number => readInt(b, at) * 4294967296 + (readInt(b, at + 4) >>> 0)

export const baseOffset = (b: Buffer, at: number): number => readLong(b, at)
/** Bytes of the whole batch, header included. */
export const batchBytes = (b: Buffer, at: number): number => LOG_OVERHEAD + readInt(b, at + 8)
export const magic = (b: Buffer, at: number): number => b[at + 16] ?? 0
export const codecOf = (b: Buffer, at: number): number => (b[at + 22] ?? 0) & CODEC_MASK
export const isLogAppendTime = (b: Buffer, at: number): boolean => ((b[at + 22] ?? 0) & LOG_APPEND_TIME) !== 0
export const isTransactional = (b: Buffer, at: number): boolean => ((b[at + 22] ?? 0) & TRANSACTIONAL) !== 0
export const isControl = (b: Buffer, at: number): boolean => ((b[at + 22] ?? 0) & CONTROL) !== 0
export const lastOffsetDelta = (b: Buffer, at: number): number => readInt(b, at + 23)
export const baseTimestamp = (b: Buffer, at: number): number => readLong(b, at + 27)
export const maxTimestamp = (b: Buffer, at: number): number => readLong(b, at + 35)
export const producerId = (b: Buffer, at: number): bigint => b.readBigInt64BE(at + 43)
export const recordCount = (b: Buffer, at: number): number => readInt(b, at + 57)

/** True when a whole batch starts at `at`; a fetch response may end in a partial one. */
export function holdsWholeBatch(b: Buffer, at: number): boolean {
  return at + HEADER_BYTES <= b.length && at + batchBytes(b, at) <= b.length
}
