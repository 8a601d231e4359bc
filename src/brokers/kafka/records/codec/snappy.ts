import { corrupt, MOST_BYTES, tooLarge } from './corrupt.js'
import { once } from './native.js'
import { borrow, grow } from './scratch.js'

const snappy = once<{
  compress(data: Buffer, options: { copyOutputData: boolean }): Promise<Buffer>
  compressSync(data: Buffer, options: { copyOutputData: boolean }): Buffer
  uncompressSync(data: Buffer, options: { copyOutputData: boolean }): Buffer
}>('snappy')

/** Magic, version 1, least compatible version 1: what snappy-java's SnappyOutputStream begins with. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
const MAGIC_BYTES = 8
const BLOCK = 64 * 1024
/** Copying into a JavaScript buffer is faster than handing over native memory. */
const COPY = { copyOutputData: true }

/**
 * Decompresses snappy, source[start,end): xerial framing, as Java and franz-go write it, or one raw block, as others do.
 * The result may be a view of the scratch buffer, valid until the next decompression. Throws RunError `corrupt`.
 */
export function decompressSnappy(source: Buffer, start: number, end: number): Buffer {
  if (source.compare(XERIAL, 0, MAGIC_BYTES, start, Math.min(end, start + MAGIC_BYTES)) !== 0)
    return block(source, start, end)
  if (end - start < XERIAL.length) throw corrupt('snappy', 'the stream header is cut short')
  return blocks(source, start + XERIAL.length, end)
}

function blocks(source: Buffer, from: number, end: number): Buffer {
  let target = borrow(0, 'snappy')
  let o = 0
  for (let i = from; i < end; ) {
    const next = i + 4 > end ? end + 1 : i + 4 + source.readUInt32BE(i)
    if (next > end) throw corrupt('snappy', 'a block is cut short')
    const piece = block(source, i + 4, next)
    if (o + piece.length > target.length) target = grow(o + piece.length, o, 'snappy')
    piece.copy(target, o)
    o += piece.length
    i = next
  }
  return target.subarray(0, o)
}

function block(source: Buffer, start: number, end: number): Buffer {
  if (announced(source, start, end) > MOST_BYTES) throw tooLarge('snappy')
  try {
    return snappy().uncompressSync(source.subarray(start, end), COPY)
  } catch (cause) {
    throw corrupt('snappy', (cause as Error).message, cause)
  }
}

/** A block begins with its size as a varint; each three bytes can copy 64 at most, so more than that is a lie. */
function announced(source: Buffer, start: number, end: number): number {
  let size = 0
  for (let i = start, shift = 1; i < end && i < start + 5; i++, shift *= 128) {
    const byte = source[i] as number
    size += (byte & 127) * shift
    if (byte >= 128) continue
    if (size > 32 * (end - start)) throw corrupt('snappy', 'a block announces more than it can hold')
    return size
  }
  throw corrupt('snappy', 'a block without a size')
}

/** Compresses with xerial framing, which every client reads. Fresh buffer. */
export function compressSnappy(data: Buffer): Buffer {
  const pieces: Buffer[] = []
  let bytes = XERIAL.length
  for (let i = 0; i < data.length; i += BLOCK) {
    const piece = snappy().compressSync(data.subarray(i, i + BLOCK), COPY)
    pieces.push(piece)
    bytes += 4 + piece.length
  }
  const framed = Buffer.allocUnsafeSlow(bytes)
  let o = XERIAL.copy(framed)
  for (const piece of pieces) {
    o = framed.writeUInt32BE(piece.length, o)
    o += piece.copy(framed, o)
  }
  return framed
}

/** The same off the main thread, as pieces in their order. */
export async function compressSnappyPieces(data: Buffer): Promise<readonly Buffer[]> {
  const starts = Array.from({ length: Math.ceil(data.length / BLOCK) }, (_, i) => i * BLOCK)
  const blocks = await Promise.all(starts.map(i => snappy().compress(data.subarray(i, i + BLOCK), COPY)))
  return [XERIAL, ...blocks.flatMap(piece => [lengthOf(piece), piece])]
}

function lengthOf(piece: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(piece.length)
  return length
}
