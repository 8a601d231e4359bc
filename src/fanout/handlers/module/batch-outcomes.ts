import { isRecord } from '../../../core/revive.js'
import { type Attempt, DONE, type Outcome } from '../../ports.js'
import { verdictOutcome } from '../verdict.js'

/**
 * What became of each message of a batch, in its order. Nothing, or anything but an array, means that all are done; an array names those that are
 * not, as `{id, ok: false, error?, retry?}`. An array of anything else is a mistake of the module's, and fails them all. Pure.
 */
export function batchOutcomes(attempts: readonly Attempt[], returned: unknown): readonly Outcome[] {
  if (!Array.isArray(returned)) return attempts.map(() => DONE)
  const ids = new Set(attempts.map(({ message }) => message.id))
  const named = new Map<string, Outcome>()
  for (const each of returned as readonly unknown[]) {
    if (each === undefined || each === null) continue
    if (!isRecord(each) || typeof each.id !== 'string' || !ids.has(each.id)) return attempts.map(() => MISTAKE)
    named.set(each.id, verdictOutcome(each))
  }
  return attempts.map(({ message }) => named.get(message.id) ?? DONE)
}

const MISTAKE: Outcome = {
  kind: 'failed',
  reason: 'batch returned an array of something else than {id, ok, error, retry} of its own messages',
}
