import { setTimeout as sleep } from 'node:timers/promises'
import { BrokerError, UserError } from '../../../errors.js'
import { takeLock } from '../admin/take-lock.js'
import type { RabbitLink } from '../link.js'
import type { Intake } from './intake.js'

/** Somebody else's consumers are counted as well, and are the business of others. Milliseconds. */
const RETURNED_MS = 10_000
const LOOK_MS = 50

/** A new connection that holds the lock of a queue; waits so long for one that is dead. Throws Refusal `claimed`, what `connect` throws. */
export async function lockedLink(
  connect: () => Promise<RabbitLink>,
  queue: string,
  waitMs: number,
): Promise<RabbitLink> {
  const link = await connect()
  try {
    await takeLock(link, queue, waitMs)
  } catch (error) {
    await link.close()
    throw error
  }
  return link
}

/** A quorum queue counts the consumers of a channel that ended until it has taken their messages back. */
export async function whenReturned(intake: Intake): Promise<void> {
  for (const until = Date.now() + RETURNED_MS; Date.now() < until; await sleep(LOOK_MS))
    if ((await intake.sync()).consumers === 0) return
}

/** Once a run has begun, an unreachable broker is one that may come back. Throws BrokerError, retriable, or the error as it is. */
export function asPassing(error: unknown): never {
  if (error instanceof UserError && PASSING.has(error.code))
    throw new BrokerError(error.message, { retry: true, code: error.code, hint: error.hint, cause: error })
  throw error
}

// A node that boots refuses logins and hides virtual hosts for a while.
const PASSING = new Set(['unreachable', 'tls-mismatch', 'no-vhost'])
