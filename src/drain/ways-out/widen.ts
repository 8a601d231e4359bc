import { formatBytes, formatDuration, formatRate } from '../../core/quantity.js'
import type { Backlog, WayOut } from '../../core/survey.js'
import type { Assumptions, Pace } from './assumptions.js'
import { widened } from './catch-up.js'
import { losesBefore } from './expiry.js'
import { quoted } from './quoted.js'

/** Copy the backlog into a temporary topic with `factor` times the partitions, and work it there. */
export const widen = (backlog: Backlog, pace: Pace, given: Assumptions): WayOut => {
  const copy = (pace.backlog + pace.growth.mean * given.setUpSeconds) / given.copyRate
  const secured = given.setUpSeconds + copy
  const eta = widened(pace, given, secured)
  return {
    name: 'drain',
    title: `temporary topic with ${given.factor}x the partitions (${backlog.topic.partitions * given.factor})`,
    eta,
    ...(eta.high !== undefined && { freshAfterSeconds: eta.high }),
    losesFirst: losesBefore(backlog.total.firstLossSeconds, secured),
    command: `spillway drain ${quoted(backlog.source)} --factor ${given.factor}`,
    costs: [
      `the copy takes about ${formatDuration(copy)} at an assumed ${formatRate(given.copyRate)}; after it, retention can't hurt`,
      diskCost(backlog),
      'order per key is kept while the originals stay stopped until every lane is handled',
    ],
  }
}

const diskCost = ({ skew, total, topic, disks }: Backlog): string => {
  if (skew === undefined) return 'disk: a second copy of the backlog (no sample, so its size is unknown)'
  const bytes = skew.storedBytes * Number(total.lag) * topic.replication
  const free = disks.flatMap(disk => (disk.freeBytes === undefined ? [] : [Number(disk.freeBytes)]))
  const least = free.length === 0 ? 'free disk unknown' : `least free on a broker: ${formatBytes(Math.min(...free))}`
  return `disk: about ${formatBytes(bytes)} more over all brokers (replication ${topic.replication}); ${least}`
}
