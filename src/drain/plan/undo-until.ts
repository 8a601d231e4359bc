import type { KafkaPlan } from '../../core/plan.js'
import { formatDuration } from '../../core/quantity.js'
import type { Backlog } from '../../core/survey.js'

type Bound = { readonly at: Date; readonly why: string }
type UndoUntil = Pick<KafkaPlan, 'undoPossibleUntil' | 'undoPossibleUntilAt'>

/**
 * Until when the backlog can be given back: until the source may delete its first unread record, or forgets the group's
 * offsets, whichever comes first. In words, and as an instant.
 */
export const undoUntil = (survey: Backlog): UndoUntil => {
  const first = bounds(survey).sort((a, b) => a.at.getTime() - b.at.getTime())[0]
  if (first === undefined) return { undoPossibleUntil: 'no retention bounds it: the source deletes nothing' }
  return {
    undoPossibleUntil: `about ${first.at.toISOString().slice(0, 16)}Z: ${first.why}`,
    undoPossibleUntilAt: first.at.toISOString(),
  }
}

const bounds = (survey: Backlog): Bound[] => {
  const measured = Date.parse(survey.measuredAt)
  const losses = survey.lanes.flatMap(({ lane, firstLoss }) =>
    firstLoss === undefined
      ? []
      : [{ at: new Date(measured + firstLoss.seconds * 1000), why: source(lane, firstLoss.by, survey) }],
  )
  const expiry = survey.offsetsExpireEarliest ?? survey.offsetsExpireAt
  return expiry === undefined ? losses : [...losses, { at: new Date(expiry), why: "the group's offsets expire" }]
}

const source = (lane: string, by: 'time' | 'size', { topic }: Backlog): string => {
  const age = Number(topic.settings['retention.ms'])
  const rule = by === 'size' ? 'by size' : age > 0 ? `of ${formatDuration(age / 1000)}` : 'by time'
  return `source retention ${rule}, partition ${lane}`
}

/** When the group's offsets may expire at the earliest; empty where nobody knows, or while the group lives. */
export const offsetsExpire = ({
  offsetsExpireAt,
  offsetsExpireEarliest,
  offsetsRetentionMinutes,
}: Backlog): Pick<KafkaPlan, 'offsetsExpire'> => {
  const at = offsetsExpireEarliest ?? offsetsExpireAt
  if (at === undefined || offsetsRetentionMinutes === undefined) return {}
  return { offsetsExpire: { at, retentionMinutes: offsetsRetentionMinutes } }
}
