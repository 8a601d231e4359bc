import type { LaneView } from '../../../core/survey.js'

/** What deletes from a topic; a rule that is off is absent. */
export type Retention = { readonly ms?: number; readonly bytes?: number }

/** Reads the rules from a topic's effective settings (`retention.ms`, `retention.bytes`, `cleanup.policy`; -1 is off). */
export const retentionOf = (settings: Readonly<Record<string, string>>): Retention => {
  if (!(settings['cleanup.policy'] ?? 'delete').includes('delete')) return {}
  const ms = rule(settings['retention.ms'])
  const bytes = rule(settings['retention.bytes'])
  return { ...(ms !== undefined && { ms }), ...(bytes !== undefined && { bytes }) }
}

const rule = (text: string | undefined): number | undefined => {
  const value = Number(text ?? '-1')
  return Number.isFinite(value) && value >= 0 ? value : undefined
}

/** Of one partition: age of its first unread record, bytes from that record to the end, bytes that arrive a second. */
export type Slack = {
  readonly ageSeconds?: number
  readonly unreadBytes?: number
  readonly ingest: number
}

/**
 * When the first unread record may be deleted if nothing is read: the earlier of (retention.ms − age) and (retention.bytes −
 * unread bytes) ÷ ingest. A lower bound: a segment goes whole, when its newest record is old enough or all that follows it
 * exceeds retention.bytes, and only at the next check (https://kafka.apache.org/documentation/#topicconfigs_retention.bytes).
 */
export const firstLoss = (slack: Slack, retention: Retention): LaneView['firstLoss'] => {
  const byTime = timeSlack(slack, retention)
  const bySize = sizeSlack(slack, retention)
  if (byTime === undefined && bySize === undefined) return undefined
  return (bySize ?? Number.POSITIVE_INFINITY) < (byTime ?? Number.POSITIVE_INFINITY)
    ? { seconds: bySize ?? 0, by: 'size' }
    : { seconds: byTime ?? 0, by: 'time' }
}

const timeSlack = ({ ageSeconds }: Slack, { ms }: Retention): number | undefined =>
  ms === undefined || ageSeconds === undefined ? undefined : Math.max(0, ms / 1000 - ageSeconds)

const sizeSlack = ({ unreadBytes, ingest }: Slack, { bytes }: Retention): number | undefined => {
  if (bytes === undefined || unreadBytes === undefined) return undefined
  if (unreadBytes >= bytes) return 0
  return ingest > 0 ? (bytes - unreadBytes) / ingest : undefined
}
