import { corrupt } from './corrupt.js'
import { BROKEN, decodeBlock, NO_ROOM } from './lz4-block.js'
import { once } from './native.js'
import { borrow, grow } from './scratch.js'

const lz4 = once<{ compressFrameSync(data: Buffer): Buffer }>('lz4-napi')

const MAGIC = 0x184d2204
const STORED = 0x80000000

type Frame = { at: number; most: number; sums: boolean; size: number }

/**
 * Decodes an LZ4 frame, source[start,end), into the shared scratch buffer; the view is valid until the next decompression.
 * Blocks may be dependent or stored; checksums are stepped over, as the batch has a CRC of its own. In JavaScript because
 * the native call allocates a block (4 MiB in franz-go's frames) each time. Throws RunError `corrupt`.
 * Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function decompressLz4(source: Buffer, start: number, end: number): Buffer {
  const frame = header(source, start, end)
  let target = borrow(0, 'lz4')
  let i = frame.at
  let o = 0
  for (;;) {
    if (i + 4 > end) throw corrupt('lz4', 'the frame has no end mark')
    const mark = source.readUInt32LE(i)
    i += 4
    if (mark === 0) break
    const span = { from: i, end: i + (mark & 0x7fffffff) }
    if (span.end > end || span.end - i > frame.most) throw corrupt('lz4', 'a block is longer than its frame')
    const next = (mark & STORED) === 0 ? decodeBlock(source, span, target, o) : store(source, span, target, o)
    if (next === NO_ROOM) {
      target = grow(target.length + 1, o, 'lz4')
      i -= 4
      continue
    }
    if (next === BROKEN || next - o > frame.most) throw corrupt('lz4', 'a block breaks the format')
    o = next
    i = span.end + (frame.sums ? 4 : 0)
  }
  if (frame.size >= 0 && frame.size !== o) throw corrupt('lz4', `${o} bytes where the frame announces ${frame.size}`)
  return target.subarray(0, o)
}

function header(source: Buffer, start: number, end: number): Frame {
  if (end - start < 11 || source.readUInt32LE(start) !== MAGIC) throw corrupt('lz4', 'no frame header')
  const flags = source[start + 4] as number
  const sizeCode = ((source[start + 5] as number) >>> 4) & 7
  if (flags >>> 6 !== 1 || sizeCode < 4) throw corrupt('lz4', 'a frame of an unknown version or block size')
  const sized = (flags & 8) !== 0
  const at = start + 7 + (sized ? 8 : 0) + ((flags & 1) !== 0 ? 4 : 0)
  if (at > end) throw corrupt('lz4', 'the frame header is cut short')
  const size = sized ? Number(source.readBigUInt64LE(start + 6)) : -1
  return { at, most: 1 << (8 + 2 * sizeCode), sums: (flags & 16) !== 0, size }
}

function store(source: Buffer, span: { from: number; end: number }, target: Buffer, at: number): number {
  const n = span.end - span.from
  if (at + n > target.length) return NO_ROOM
  source.copy(target, at, span.from, span.end)
  return at + n
}

/**
 * Encodes data as one LZ4 frame with independent blocks, no checksums and no content size: what Kafka's Java reader,
 * librdkafka and franz-go take (KIP-57 asks for a right header checksum). Fresh buffer.
 */
export const compressLz4 = (data: Buffer): Buffer => lz4().compressFrameSync(data)
