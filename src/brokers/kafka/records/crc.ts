import { crc32c } from '@node-rs/crc32'
import { RunError } from '../../../errors.js'
import { baseOffset, batchBytes } from './batch-header.js'

/** Bytes before the part that the checksum covers: base offset, length, leader epoch, magic, the checksum itself. */
const COVERED_FROM = 21

/**
 * Compares a batch with its CRC-32C, as every consumer does: what is copied gets a new one, which would make damage on the
 * source's disk look sound. Throws RunError `corrupt`.
 */
export function checkCrc(set: Buffer, at: number, partition: number): void {
  const found = crc32c(set.subarray(at + COVERED_FROM, at + batchBytes(set, at)))
  if (found === set.readUInt32BE(at + 17)) return
  throw new RunError(`Partition ${partition}: the batch at offset ${baseOffset(set, at)} does not match its checksum`, {
    code: 'corrupt',
    hint: "The leader's disk or memory damaged it; a replica may hold it whole: move the leader, then resume.",
  })
}
