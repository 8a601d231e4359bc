import { crc32c } from '@node-rs/crc32'
import { CODEC_MASK } from './batch-header.js'

/** Who writes a batch: producer, epoch, first sequence number; -1 where there is no idempotence. */
export type Stamp = {
  readonly producerId: bigint
  readonly epoch: number
  readonly sequence: number
  readonly transactional: boolean
}

/**
 * Rewrites a batch's header in place for producing it anew: base offset 0, no leader epoch, attributes down to the codec
 * (and the transactional bit), producer fields, CRC-32C. The broker refuses anything else (INVALID_RECORD).
 */
export function stamp(batch: Buffer, by: Stamp): Buffer {
  batch.fill(0, 0, 8)
  batch.writeInt32BE(-1, 12)
  batch[21] = 0
  batch[22] = ((batch[22] ?? 0) & CODEC_MASK) | (by.transactional ? 0x10 : 0)
  batch.writeBigInt64BE(by.producerId, 43)
  batch.writeInt16BE(by.epoch, 51)
  batch.writeInt32BE(by.sequence, 53)
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
  return batch
}

/** The sequence number after `count` more records; it wraps from 2^31-1 to 0. */
export const nextSequence = (sequence: number, count: number): number => (sequence + count) % 2147483648
