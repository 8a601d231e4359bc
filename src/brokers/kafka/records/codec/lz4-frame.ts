import { corrupt } from './corrupt.js'

const MAGIC = 0x184d2204

/** What an LZ4 frame's header says. `at`: first block; `most`: largest block, decompressed; `dependent`: blocks refer to earlier ones; `sums`: each block has a checksum; `size`: of the content, -1 if not given. */
export type Frame = {
  readonly at: number
  readonly most: number
  readonly dependent: boolean
  readonly sums: boolean
  readonly size: number
}

/**
 * Reads the header of the frame at source[start,end). Throws RunError `corrupt`.
 * Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function frameHeader(source: Buffer, start: number, end: number): Frame {
  if (end - start < 11 || source.readUInt32LE(start) !== MAGIC) throw corrupt('lz4', 'no frame header')
  const flags = source[start + 4] as number
  const sizeCode = ((source[start + 5] as number) >>> 4) & 7
  if (flags >>> 6 !== 1 || sizeCode < 4) throw corrupt('lz4', 'a frame of an unknown version or block size')
  const sized = (flags & 8) !== 0
  const at = start + 7 + (sized ? 8 : 0) + ((flags & 1) !== 0 ? 4 : 0)
  if (at > end) throw corrupt('lz4', 'the frame header is cut short')
  const size = sized ? Number(source.readBigUInt64LE(start + 6)) : -1
  return { at, most: 1 << (8 + 2 * sizeCode), dependent: (flags & 32) === 0, sums: (flags & 16) !== 0, size }
}

/** Bytes of the block whose length field stands at `at`, 0 for the end mark. Throws RunError `corrupt` where it passes `end`. */
export function blockBytes(source: Buffer, at: number, end: number): number {
  if (at + 4 > end) throw corrupt('lz4', 'the frame has no end mark')
  const bytes = source.readUInt32LE(at) & 0x7fffffff
  if (at + 4 + bytes > end) throw corrupt('lz4', 'a block is cut short')
  return bytes
}

/** Whether the block whose length field stands at `at` is stored uncompressed. */
export const isStored = (source: Buffer, at: number): boolean => ((source[at + 3] as number) & 0x80) !== 0
