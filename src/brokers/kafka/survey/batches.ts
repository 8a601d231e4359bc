import type { Buffer } from 'node:buffer'
import { RunError } from '../../../errors.js'
import { batchBytes, holdsWholeBatch, magic } from '../records/batch-header.js'

/** Where the whole batches of a fetch response start. Throws RunError `old-format` for messages from before Kafka 0.11. */
export function* batchStarts(records: Buffer): Generator<number> {
  for (let at = 0; holdsWholeBatch(records, at); at += batchBytes(records, at)) {
    if (magic(records, at) !== 2)
      throw new RunError(`The log holds messages of the old format ${magic(records, at)}`, {
        code: 'old-format',
        hint: 'Only record batches (message format 2, Kafka 0.11 and later) can be read.',
      })
    yield at
  }
}
