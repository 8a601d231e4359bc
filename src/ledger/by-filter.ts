import type { ReplayFilter } from '../core/replay-plan.js'

/** What is known of a message that a replay may have taken. */
export type Known = { readonly id: string; readonly key?: Buffer | null; readonly timestamp?: number }

/** Whether the filter of a replay takes a message: `maybe` where what it asks for is not known. Pure. */
export const takes = (filter: ReplayFilter | undefined, known: Known): 'yes' | 'no' | 'maybe' => {
  if (filter === undefined) return 'yes'
  const verdicts = [byId(filter, known), byKey(filter, known), byTime(filter, known)]
  if (verdicts.includes('no')) return 'no'
  return verdicts.includes('maybe') ? 'maybe' : 'yes'
}

const byId = ({ ids }: ReplayFilter, { id }: Known) => (ids === undefined || ids.includes(id) ? 'yes' : 'no')

const byKey = ({ keys }: ReplayFilter, { key }: Known) => {
  if (keys === undefined) return 'yes'
  if (key === undefined) return 'maybe'
  return key !== null && keys.includes(key.toString()) ? 'yes' : 'no'
}

const byTime = ({ from, to }: ReplayFilter, { timestamp }: Known) => {
  if (from === undefined && to === undefined) return 'yes'
  if (timestamp === undefined) return 'maybe'
  if (timestamp < 0) return 'no'
  const late = from === undefined || timestamp >= Date.parse(from)
  return late && (to === undefined || timestamp < Date.parse(to)) ? 'yes' : 'no'
}
