import { crc32c } from '@node-rs/crc32'
import type { PieceFormat } from '../../../archive/ports.js'
import { baseOffset, batchBytes, HEADER_BYTES, lastOffsetDelta, magic, readInt } from '../records/batch-header.js'

const CRC_AT = 17
const COVERED_FROM = 21

/**
 * Record batches as they came, in files that Kafka's own kafka-dump-log reads: named and laid out as the segments of a partition, each batch from its base
 * offset to its last record. The checksum covers all behind it, that is not base offset, length and leader epoch.
 */
export const kafkaFormat = (topic: string): PieceFormat => ({
  system: 'kafka',
  ending: '.log',
  headBytes: HEADER_BYTES,
  folder: lane => `${topic}-${lane}`,
  laneOf: folder => {
    const lane = folder.slice(topic.length + 1)
    return folder === `${topic}-${lane}` && /^\d+$/.test(lane) ? lane : undefined
  },
  length: batchLength,
  first: batch => String(baseOffset(batch, 0)),
  next: batch => String(baseOffset(batch, 0) + lastOffsetDelta(batch, 0) + 1),
  check: checkBatch,
})

function batchLength(bytes: Buffer, at: number): number | undefined {
  if (bytes.length - at < HEADER_BYTES) return undefined
  const length = batchBytes(bytes, at)
  if (magic(bytes, at) !== 2 || length < HEADER_BYTES || baseOffset(bytes, at) < 0)
    throw new TypeError('no record batch (format v2) begins here')
  return length
}

function checkBatch(batch: Buffer): void {
  if ((crc32c(batch.subarray(COVERED_FROM)) | 0) !== readInt(batch, CRC_AT))
    throw new TypeError(`the record batch at offset ${baseOffset(batch, 0)} does not match its checksum`)
}
