import { corrupt } from './corrupt.js'

const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a5
const LARGEST_BLOCK = 128 * 1024
const COMPRESSED = 2
const RESERVED = 3

/**
 * The most bytes that zstd frames, source[start,end), can decompress to, from their block headers alone: native decoders
 * know no limit. Exact but for compressed blocks, which count as 128 KiB each. Throws RunError `corrupt` where frames are cut short.
 * Format: RFC 8878, section 3.1.1.
 */
export function zstdBound(source: Buffer, start: number, end: number): number {
  let bound = 0
  let i = start
  do {
    if (i + 8 > end) throw corrupt('zstd', 'no frame header')
    const magic = source.readUInt32LE(i)
    if (magic >>> 4 === SKIPPABLE) i += 8 + source.readUInt32LE(i + 4)
    else {
      const blocks = walk(source, afterHeader(source, i), end)
      bound += blocks.bytes
      i = blocks.end + ((source[i + 4] as number) & 4)
    }
    if (i > end) throw corrupt('zstd', 'the frame is cut short')
  } while (i < end)
  return bound
}

function afterHeader(source: Buffer, at: number): number {
  if (source.readUInt32LE(at) !== MAGIC) throw corrupt('zstd', 'no frame header')
  const flags = source[at + 4] as number
  const single = (flags >>> 5) & 1
  const sizeBytes = [single, 2, 4, 8][flags >>> 6] as number
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] as number
  return at + 5 + (1 - single) + dictionaryBytes + sizeBytes
}

function walk(source: Buffer, from: number, end: number): { end: number; bytes: number } {
  let i = from
  let bytes = 0
  for (let last = false; !last; ) {
    if (i + 3 > end) throw corrupt('zstd', 'the frame is cut short')
    const head = source.readUIntLE(i, 3)
    const kind = (head >>> 1) & 3
    if (kind === RESERVED) throw corrupt('zstd', 'a block of a reserved type')
    last = (head & 1) === 1
    bytes += kind === COMPRESSED ? LARGEST_BLOCK : head >>> 3
    i += 3 + (kind === 1 ? 1 : head >>> 3)
  }
  return { end: i, bytes }
}
