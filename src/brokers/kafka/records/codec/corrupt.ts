import { RunError } from '../../../../errors.js'

/** Largest size that compressed bytes may grow to: a batch beyond this is a decompression bomb. Bytes. */
export const MOST_BYTES = 512 * 1024 * 1024

const HINT =
  'The batch is damaged in the source log. Read it with kafka-dump-log.sh, and skip its offsets if it cannot be repaired.'

/** Makes (does not throw) the error for compressed bytes that break their format; `what` completes "… in a lz4 batch". */
export const corrupt = (codec: string, what: string, cause?: unknown): RunError =>
  new RunError(`Corrupt ${codec} data: ${what}`, { code: 'corrupt', hint: HINT, cause })

/** Makes the error for compressed bytes that would grow beyond `MOST_BYTES`. */
export const tooLarge = (codec: string): RunError =>
  new RunError(`A ${codec} batch would decompress to more than ${MOST_BYTES / 1024 / 1024} MiB`, {
    code: 'corrupt',
    hint: 'No producer makes such a batch by accident. Skip its offsets, or copy it untouched with --order none.',
  })
