import type { RunSoFar } from '../core/fold.js'
import type { LedgerEvent } from '../core/ledger-answer.js'
import { formatCount } from '../core/quantity.js'
import { type AnyPlan, deedOf, nameRead, whereTo } from './plans.js'

/**
 * A run of a queue keeps no ids of what it moved, so that it may have had any message that was in the queue while it ran. Undefined for a run
 * that moved nothing. Pure.
 */
export const mayHaveBeen = (plan: AnyPlan, state: RunSoFar): LedgerEvent | undefined => {
  const { startedAt, lastAt, ledger } = state
  if (startedAt === undefined || ledger.read === 0n) return undefined
  const until = state.ending?.at ?? lastAt ?? startedAt
  return {
    at: startedAt,
    run: plan.run,
    verb: plan.kind,
    what: deedOf(plan),
    where: whereTo(plan),
    detail: `one of ${formatCount(ledger.read)} messages of ${nameRead(plan) ?? plan.source} until ${until}; ${whyOf(plan)}`,
    certain: false,
  }
}

const whyOf = (plan: AnyPlan): string =>
  plan.kind === 'discard' ? 'it kept no archive' : 'a run of a queue keeps no ids of what it passes on'
