import { corrupt } from './corrupt.js'
import { BROKEN, decodeBlock, NO_ROOM } from './lz4-block.js'
import { blockBytes, type Frame, frameHeader, isStored } from './lz4-frame.js'
import { once } from './native.js'
import { allocatedNatively } from './native-memory.js'
import { borrow, grow } from './scratch.js'

const lz4 = once<{
  compress(data: Buffer): Promise<Buffer>
  compressFrame(data: Buffer): Promise<Buffer>
  compressFrameSync(data: Buffer): Buffer
  uncompressSync(data: Buffer): Buffer
}>('lz4-napi')

/** Below this many bytes JavaScript is faster than a native call. */
const SMALL = 256

type Span = { readonly from: number; readonly end: number }

/**
 * Decompresses an LZ4 frame, source[start,end). The result may be a view of the scratch buffer, valid until the next decompression.
 * Blocks may be dependent or stored; checksums are stepped over, as the batch has a CRC of its own. Throws RunError `corrupt`.
 */
export function decompressLz4(source: Buffer, start: number, end: number): Buffer {
  const frame = frameHeader(source, start, end)
  const only = onlyBlock(source, frame, end)
  if (only !== undefined) return sized(decodeNatively(source, only, frame.most), frame)
  let target = borrow(0, 'lz4')
  let i = frame.at
  let o = 0
  for (let bytes = blockBytes(source, i, end); bytes > 0; bytes = blockBytes(source, i, end)) {
    const span = { from: i + 4, end: i + 4 + bytes }
    const next = write(source, { span, frame, stored: isStored(source, i) }, target, o)
    if (next === NO_ROOM) {
      target = grow(Math.max(o + frame.most, target.length + 1), o, 'lz4')
      continue
    }
    if (next === BROKEN || next - o > frame.most) throw corrupt('lz4', 'a block breaks the format')
    o = next
    i = span.end + (frame.sums ? 4 : 0)
  }
  return sized(target.subarray(0, o), frame)
}

/** The block of a frame that has just one, which then depends on none: it need not be gathered in the scratch buffer. */
function onlyBlock(source: Buffer, { at, sums }: Frame, end: number): Span | undefined {
  const bytes = blockBytes(source, at, end)
  if (bytes < SMALL || isStored(source, at)) return undefined
  const after = at + 4 + bytes + (sums ? 4 : 0)
  return blockBytes(source, after, end) === 0 ? { from: at + 4, end: at + 4 + bytes } : undefined
}

function sized(data: Buffer, { size }: Frame): Buffer {
  if (size < 0 || size === data.length) return data
  throw corrupt('lz4', `${data.length} bytes where the frame announces ${size}`)
}

function write(
  source: Buffer,
  block: { span: Span; frame: Frame; stored: boolean },
  target: Buffer,
  at: number,
): number {
  const { span, frame, stored } = block
  const bytes = span.end - span.from
  if (!stored && (frame.dependent || bytes < SMALL)) return decodeBlock(source, span, target, at)
  const piece = stored ? source.subarray(span.from, span.end) : decodeNatively(source, span, frame.most)
  return at + piece.length > target.length ? NO_ROOM : at + piece.copy(target, at)
}

let input = Buffer.allocUnsafeSlow(64 * 1024)
/** What a byte became in the block before: batches of one topic are alike. */
let growth = 4

/**
 * The library's block call takes an upper bound of the result's size, and allocates it: for a 16 KiB batch of franz-go, whose
 * frames announce 4 MiB, that costs five times the decoding. So a guess comes first. The result is small garbage.
 */
function decodeNatively(source: Buffer, span: Span, most: number): Buffer {
  const bytes = span.end - span.from
  if (bytes + 4 > input.length) input = Buffer.allocUnsafeSlow(2 * bytes)
  source.copy(input, 4, span.from, span.end)
  const bound = Math.min(most, bytes * 255)
  const guess = Math.ceil(bytes * growth * 1.5)
  const result = (guess < bound ? within(bytes, guess) : undefined) ?? bounded(bytes, bound)
  growth = Math.max(1, result.length / bytes)
  return result
}

/** Nothing where the block is larger, or broken: which of the two shows at its bound. */
function within(bytes: number, size: number): Buffer | undefined {
  try {
    return uncompressed(bytes, size)
  } catch {
    return undefined
  }
}

function bounded(bytes: number, size: number): Buffer {
  try {
    return uncompressed(bytes, size)
  } catch (cause) {
    throw corrupt('lz4', (cause as Error).message, cause)
  }
}

function uncompressed(bytes: number, size: number): Buffer {
  input.writeUInt32LE(size)
  return lz4().uncompressSync(input.subarray(0, bytes + 4))
}

/**
 * Compresses to one LZ4 frame with independent blocks, no checksums and no content size: what Kafka's Java reader,
 * librdkafka and franz-go take (KIP-57 asks for a right header checksum). Fresh buffer.
 */
export function compressLz4(data: Buffer): Buffer {
  allocatedNatively(data.length)
  return lz4().compressFrameSync(data)
}

/** Magic, version 1 with independent blocks, largest block, header checksum: for blocks of up to 64 KiB, 256 KiB, 1 MiB, 4 MiB. */
const HEADS = [
  [64 << 10, '04224d18604082'],
  [256 << 10, '04224d186050fb'],
  [1 << 20, '04224d18606051'],
  [4 << 20, '04224d18607073'],
] as const
const END_MARK = Buffer.alloc(4)
const STORED = 0x80000000
/** The library puts the size in front of a block. */
const SIZE_BYTES = 4

/**
 * The same off the main thread, and as one block, which takes a third less time than the library's frames; beyond 4 MiB as
 * one of these. Pieces in their order; the last but one may be `data` itself.
 */
export async function compressLz4Pieces(data: Buffer): Promise<readonly Buffer[]> {
  const head = HEADS.find(([most]) => data.length <= most)
  if (head === undefined) return [await lz4().compressFrame(data)]
  const packed = await lz4().compress(data)
  allocatedNatively(data.length)
  const block = packed.subarray(SIZE_BYTES)
  const stored = block.length >= data.length
  const front = Buffer.alloc(11, head[1], 'hex')
  front.writeUInt32LE(stored ? STORED + data.length : block.length, 7)
  return [front, stored ? data : block, END_MARK]
}
