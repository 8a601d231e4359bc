import type { GroupView } from '../../../core/survey.js'

/** When the offsets of an empty group are deleted: at `latest`, and not before `earliest` where something bounds it. */
export type Expiry = { readonly latest?: string; readonly earliest?: string }

/**
 * Offsets go `offsets.retention.minutes` after the group became empty (KIP-211), a moment that the coordinator does not
 * tell: not after `now`, not before the newest record that the group had read was written. Groups of the new protocol
 * and those without a protocol type count from each commit instead, so the oldest such record bounds them.
 */
export const offsetsExpiry = (
  group: GroupView,
  moments: { readonly now: number; readonly retentionMinutes?: number; readonly lastRead: readonly number[] },
): Expiry => {
  const { now, retentionMinutes, lastRead } = moments
  if (group.verdict === 'live' || group.members.length > 0 || retentionMinutes === undefined) return {}
  const retention = retentionMinutes * 60_000
  const byCommit = group.protocol === 'consumer' || group.protocolType === ''
  const read = lastRead.filter(time => time > 0 && time <= now)
  return {
    latest: iso(now + retention),
    ...(read.length > 0 && { earliest: iso((byCommit ? Math.min(...read) : Math.max(...read)) + retention) }),
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
