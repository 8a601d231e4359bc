import { setTimeout as sleep } from 'node:timers/promises'
import { BrokerError } from '../../../errors.js'
import type { Link } from '../link.js'

/** Longest that an admin request is tried again; less than the 15 s in which every command must say no. */
const PATIENCE_MS = 10_000
const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 1_000

/** Errors that an inner attempt has already been patient with: an outer one adds no patience of its own. */
const outworn = new WeakSet<BrokerError>()

/**
 * Runs an attempt again while it fails with a retriable BrokerError (moved leaders and coordinators, lost connections,
 * time-outs), brokers read anew in between. Throws the last error when patience ends.
 */
export async function patiently<T>(link: Link, attempt: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const until = Date.now() + patienceMs
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof BrokerError && error.retry) || outworn.has(error)) throw error
      if (Date.now() + wait > until) {
        outworn.add(error)
        throw error
      }
      await sleep(wait)
      await refreshed(link, error)
    }
  }
}

/** A refresh that fails tells nothing new: the next attempt will. */
async function refreshed(link: Link, error: BrokerError): Promise<void> {
  if (!/^(NOT_|LEADER_|unreachable|connection-lost|unknown-node|FENCED_LEADER|UNKNOWN_LEADER)/.test(error.code)) return
  await link.refresh().catch((failure: unknown) => {
    if (!(failure instanceof BrokerError)) throw failure
  })
}
