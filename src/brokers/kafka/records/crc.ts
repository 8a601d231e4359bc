import { crc32c } from '@node-rs/crc32'
import { RunError } from '../../../errors.js'
import { baseOffset, batchBytes, readInt } from './batch-header.js'
import { appendBytes, appendCrc } from './crc-combine.js'

/** Bytes before the part that the checksum covers: base offset, length, leader epoch, magic, the checksum itself. */
const COVERED_FROM = 21
const CRC_AT = 17
/** A call into native code costs about as much as the sum over this many bytes. */
const SMALL = 4096
/** Bytes summed in one call: they are still in the cache when their records are walked. */
const RUN_BYTES = 128 * 1024

type Checked = { readonly starts: readonly number[]; readonly index: number; readonly partition: number }

/**
 * Compares the batches that start at `starts` from the `index`-th on with their CRC-32C, as every consumer does: what is
 * copied gets a new one, which would make damage on the source's disk look sound. Small neighbours are summed in one call.
 * Returns the index of the first batch that was not looked at. Throws RunError `corrupt`.
 */
export function checkCrcs(set: Buffer, { starts, index, partition }: Checked): number {
  const from = starts[index] as number
  let at = from
  let sum = 0
  let next = index
  while (starts[next] === at && at - from < RUN_BYTES) {
    const bytes = batchBytes(set, at)
    if (bytes > SMALL) break
    sum = appendBytes(sum, set, { from: at, to: at + COVERED_FROM })
    sum = appendCrc(sum, readInt(set, at + CRC_AT), bytes - COVERED_FROM)
    at += bytes
    next++
  }
  if (next - index > 1 && (crc32c(set.subarray(from, at)) | 0) === sum) return next
  for (let each = index; each < Math.max(next, index + 1); each++) checkCrc(set, starts[each] as number, partition)
  return Math.max(next, index + 1)
}

function checkCrc(set: Buffer, at: number, partition: number): void {
  const found = crc32c(set.subarray(at + COVERED_FROM, at + batchBytes(set, at)))
  if ((found | 0) === readInt(set, at + CRC_AT)) return
  throw new RunError(`Partition ${partition}: the batch at offset ${baseOffset(set, at)} does not match its checksum`, {
    code: 'corrupt',
    hint: "The leader's disk or memory damaged it; a replica may hold it whole: move the leader, then resume.",
  })
}
