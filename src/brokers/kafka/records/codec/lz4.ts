import { corrupt, MOST_BYTES, tooLarge } from './corrupt.js'
import { BROKEN, decodeBlock, NO_ROOM } from './lz4-block.js'
import { blockBytes, type Frame, frameBound, frameHeader, isStored } from './lz4-frame.js'
import { once } from './native.js'
import { borrow, grow } from './scratch.js'

const lz4 = once<{ compressFrameSync(data: Buffer): Buffer; decompressFrameSync(data: Buffer): Buffer }>('lz4-napi')

/**
 * Decompresses an LZ4 frame, source[start,end). Small frames go through JavaScript into the scratch buffer (a view of it,
 * valid until the next decompression), large ones through native code: a native call allocates a whole block first, which for
 * a 16 KiB batch in franz-go's 4 MiB blocks takes three times as long as decoding it. Throws RunError `corrupt`.
 */
export function decompressLz4(source: Buffer, start: number, end: number): Buffer {
  const frame = frameHeader(source, start, end)
  return end - start < frame.most / 256 + 4096
    ? decode(source, frame, end)
    : decodeNatively(source, frame, { start, end })
}

function decodeNatively(source: Buffer, frame: Frame, span: { start: number; end: number }): Buffer {
  if (frameBound(source, frame, span.end) > MOST_BYTES) throw tooLarge('lz4')
  try {
    return lz4().decompressFrameSync(source.subarray(span.start, span.end))
  } catch (cause) {
    throw corrupt('lz4', (cause as Error).message, cause)
  }
}

/** Checksums are stepped over: the batch has a CRC of its own. */
function decode(source: Buffer, frame: Frame, end: number): Buffer {
  let target = borrow(0, 'lz4')
  let i = frame.at
  let o = 0
  for (let bytes = blockBytes(source, i, end); bytes > 0; bytes = blockBytes(source, i, end)) {
    const span = { from: i + 4, end: i + 4 + bytes }
    const next = isStored(source, i) ? store(source, span, target, o) : decodeBlock(source, span, target, o)
    if (next === NO_ROOM) {
      target = grow(target.length + 1, o, 'lz4')
      continue
    }
    if (next === BROKEN || next - o > frame.most) throw corrupt('lz4', 'a block breaks the format')
    o = next
    i = span.end + (frame.sums ? 4 : 0)
  }
  if (frame.size >= 0 && frame.size !== o) throw corrupt('lz4', `${o} bytes where the frame announces ${frame.size}`)
  return target.subarray(0, o)
}

function store(source: Buffer, span: { from: number; end: number }, target: Buffer, at: number): number {
  if (at + span.end - span.from > target.length) return NO_ROOM
  return at + source.copy(target, at, span.from, span.end)
}

/**
 * Compresses to one LZ4 frame with independent blocks, no checksums and no content size: what Kafka's Java reader,
 * librdkafka and franz-go take (KIP-57 asks for a right header checksum). Fresh buffer.
 */
export const compressLz4 = (data: Buffer): Buffer => lz4().compressFrameSync(data)
