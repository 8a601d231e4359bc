import { Refusal, RunError, UserError } from '../../../errors.js'

/** By age, and the next message does not tell its own. */
export const noTimestamp = (queue: string, settled: bigint): Refusal =>
  new Refusal(
    `The next message of ${queue} has no timestamp, so nobody knows how old it is; ${settled} before it were let go`,
    {
      code: 'no-timestamp',
      hint: 'It is back where it was. Have a look at it, then take --max-messages N, or --all; Spillway does not guess an age.',
    },
  )

/** Names a source that was deleted on the way; any other error is returned as it is. */
export const queueGone = (error: unknown, queue: string, settled: bigint): unknown =>
  error instanceof UserError && error.code === 'no-queue'
    ? new RunError(`Queue ${queue} was deleted while it was discarded, after ${settled} messages`, {
        code: 'queue-gone',
        hint: 'What it still held is gone with it, and not in the archive. Find out who deleted it.',
        cause: error,
      })
    : error
