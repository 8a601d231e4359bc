import { DONE, type Outcome } from '../ports.js'
import { asReason, thrownReason } from './reason.js'

/** What a worker, or the batch form of a module, says of one message; checked here, so nothing is believed of it. */
export type Verdict = { readonly ok?: unknown; readonly error?: unknown; readonly retry?: unknown }

/**
 * The outcome of `{ok, error?, retry?}`. `retry: true` asks for a later try that does not count, a number for one after so many milliseconds,
 * `retry: false` says that no try will help. Pure.
 */
export function verdictOutcome({ ok, error, retry }: Verdict): Outcome {
  if (ok === true) return DONE
  if (ok !== false) return { kind: 'failed', reason: 'the answer has no "ok" that is true or false' }
  const reason = asReason(words(error)) || 'failed without a reason'
  if (retry === true) return { kind: 'later', reason }
  if (typeof retry === 'number' && retry >= 0) return { kind: 'later', reason, afterMs: retry }
  return { kind: retry === false ? 'refused' : 'failed', reason }
}

/** The outcome of something thrown: `retry` as above, `park: true` parks at once, all else is a failure. Pure. */
export function thrownOutcome(error: unknown): Outcome {
  const reason = thrownReason(error)
  const { retry, park } = (error ?? {}) as { retry?: unknown; park?: unknown }
  if (park === true) return { kind: 'refused', reason }
  return retry === undefined ? { kind: 'failed', reason } : verdictOutcome({ ok: false, error: reason, retry })
}

const words = (error: unknown): string =>
  error === undefined || error === null ? '' : typeof error === 'string' ? error : JSON.stringify(error)
