import { RunError } from '../../../../errors.js'
import { compressGzip, compressGzipLater, decompressGzip } from './gzip.js'
import { inTurn } from './in-turn.js'
import { compressLz4, compressLz4Pieces, decompressLz4 } from './lz4.js'
import { compressSnappy, compressSnappyPieces, decompressSnappy } from './snappy.js'
import { compressZstd, compressZstdLater, decompressZstd } from './zstd.js'

/** Compression of a record batch: bits 0–2 of its attributes. https://kafka.apache.org/documentation/#recordbatch */
export type CodecId = 0 | 1 | 2 | 3 | 4

/** Names as Kafka's `compression.type` spells them; the index is the id. */
export const CODEC_NAMES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type CodecName = (typeof CODEC_NAMES)[number]

/**
 * Decompresses the records section source[start,end) of a batch. The result may be a view of a shared scratch buffer, valid
 * until the next call, or (codec none) of source itself. Throws RunError `unknown-codec` for ids 5–7, `corrupt` for bad
 * bytes or more than 512 MiB, `no-codec` where a native library is missing.
 */
export function decompress(codec: number, source: Buffer, start: number, end: number): Buffer {
  switch (codec) {
    case 0:
      return source.subarray(start, end)
    case 1:
      return decompressGzip(source, start, end)
    case 2:
      return decompressSnappy(source, start, end)
    case 3:
      return decompressLz4(source, start, end)
    case 4:
      return decompressZstd(source, start, end)
    default:
      throw unknown(codec)
  }
}

/**
 * Compresses a records section. The result shares nothing with later calls; for codec none it is `data` itself.
 * Throws RunError `unknown-codec`, `no-codec`.
 */
export function compress(codec: number, data: Buffer): Buffer {
  switch (codec) {
    case 0:
      return data
    case 1:
      return compressGzip(data)
    case 2:
      return compressSnappy(data)
    case 3:
      return compressLz4(data)
    case 4:
      return compressZstd(data)
    default:
      throw unknown(codec)
  }
}

/**
 * Compresses a records section off the main thread; resolves with pieces in their order. `data` may not change before, and a
 * piece may be `data` itself. Rejects as `compress` throws.
 */
export const compressLater = (codec: number, data: Buffer): Promise<readonly Buffer[]> =>
  inTurn(() => pieces(codec, data))

async function pieces(codec: number, data: Buffer): Promise<readonly Buffer[]> {
  switch (codec) {
    case 1:
      return [await compressGzipLater(data)]
    case 2:
      return compressSnappyPieces(data)
    case 3:
      return compressLz4Pieces(data)
    case 4:
      return [await compressZstdLater(data)]
    default:
      throw unknown(codec)
  }
}

const unknown = (codec: number): RunError =>
  new RunError(`Unknown compression codec ${codec}`, {
    code: 'unknown-codec',
    hint: 'Spillway knows none, gzip, snappy, lz4 and zstd (ids 0 to 4). A newer version may know more.',
  })
