import { crc32c } from '@node-rs/crc32'
import type { PieceFormat } from '../../../archive/ports.js'
import { baseOffset, batchBytes, HEADER_BYTES, lastOffsetDelta, magic } from '../records/batch-header.js'

/** The checksum of a batch stands here, and covers what follows: https://kafka.apache.org/documentation/#recordbatch. */
const CRC_AT = 17
const COVERED_FROM = 21

/**
 * Record batches of format 2 (magic 2), as a segment file of Kafka holds them, in folders that are named as Kafka names those of a log: so that its own tools
 * read them (kafka.tools.DumpLogSegments takes topic and partition from the folder's name).
 */
export const recordBatches = (topic: string): PieceFormat => ({
  system: 'kafka',
  ending: '.log',
  headBytes: HEADER_BYTES,
  folder: lane => `${topic}-${lane}`,
  laneOf: folder => (folder.startsWith(`${topic}-`) ? PARTITION.exec(folder.slice(topic.length + 1))?.[0] : undefined),
  length(bytes, at) {
    if (at + HEADER_BYTES > bytes.length) return undefined
    if (magic(bytes, at) !== 2) throw new TypeError(`no record batch: magic ${magic(bytes, at)}`)
    const length = batchBytes(bytes, at)
    if (length < HEADER_BYTES) throw new TypeError(`no record batch: ${length} bytes`)
    return length
  },
  first: piece => String(baseOffset(piece, 0)),
  next: piece => String(baseOffset(piece, 0) + lastOffsetDelta(piece, 0) + 1),
  check(piece) {
    const [found, said] = [crc32c(piece.subarray(COVERED_FROM)), piece.readUInt32BE(CRC_AT)]
    if (found !== said) throw new TypeError(`checksum ${hex(found)}, and it says ${hex(said)}`)
  },
})

const PARTITION = /^\d+$/

const hex = (value: number): string => value.toString(16).padStart(8, '0')
