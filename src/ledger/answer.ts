import type { LedgerAnswer, LedgerEvent } from '../core/ledger-answer.js'

/**
 * Puts together what the runs told: by time; a run that parked a message did not also drain or handle it, and a run that tells for certain does
 * not also guess. Pure.
 */
export const answer = (
  id: string,
  told: readonly LedgerEvent[],
  given: { readonly searched: number; readonly notes: readonly string[] },
): LedgerAnswer => {
  const events = told.filter(event => !isOutdone(event, told)).sort(byTime)
  return { id, found: events.some(({ certain }) => certain), events, ...given, notes: [...new Set(given.notes)] }
}

const PASSED_ON: readonly LedgerEvent['what'][] = ['drained', 'worked', 'replayed', 'discarded']

const isOutdone = (event: LedgerEvent, told: readonly LedgerEvent[]): boolean =>
  PASSED_ON.includes(event.what) &&
  told.some(
    other =>
      other !== event &&
      other.run === event.run &&
      other.certain &&
      (other.what === 'parked' || (!event.certain && other.what === event.what)),
  )

const byTime = (a: LedgerEvent, b: LedgerEvent): number => {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1
  return a.run < b.run ? -1 : 1
}
