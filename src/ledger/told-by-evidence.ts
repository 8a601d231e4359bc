import type { LedgerEvent } from '../core/ledger-answer.js'
import { formatCount } from '../core/quantity.js'
import type { Archived, Parked } from './evidence.js'
import type { AnyPlan } from './plans.js'

/** The event of a message that was set aside; `certain`: it is that very message, not another of its key. Pure. */
export const parkedEvent = (plan: AnyPlan, found: Parked, certain: boolean): LedgerEvent => ({
  at: found.at,
  run: plan.run,
  verb: plan.kind,
  what: 'parked',
  where: `parked:${plan.run}`,
  detail: `${found.reason}${triesInWords(found.attempts)}; it came from ${found.target}/${found.lane}/${found.mark}`,
  certain,
})

const triesInWords = (attempts: number): string =>
  attempts === 0 ? '' : `, after ${attempts === 1 ? '1 try' : `${formatCount(attempts)} tries`}`

/** The event of a message in an archive; `letGo`: what the journal says of it, absent where it does not say that it was let go. Pure. */
export const archivedEvent = (plan: AnyPlan, found: Archived, letGo: LedgerEvent | undefined): LedgerEvent => {
  const kept = `${formatCount(found.size)} bytes, CRC-32C ${found.digest}`
  if (letGo !== undefined) return { ...letGo, detail: `${letGo.detail}; archived: ${kept}` }
  return {
    at: plan.plannedAt,
    run: plan.run,
    verb: plan.kind,
    what: 'discarded',
    where: plan.target,
    detail: `archived: ${kept}; the journal does not say that it was let go, so it may still be at the source`,
    certain: false,
  }
}
