import { formatCount, formatDuration, formatRate } from '../core/quantity.js'
import type { LaneView } from '../core/survey.js'
import { table } from './survey-text-layout.js'

const SHOWN = 12

/** The partitions with the largest lag as a table, the rest in one line. `<` marks an upper bound. */
export const lanesText = (lanes: readonly LaneView[]): string[] => {
  const sorted = [...lanes].sort((a, b) => (a.lag === b.lag ? 0 : a.lag > b.lag ? -1 : 1))
  const rest = sorted.slice(SHOWN)
  const unread = rest.reduce((sum, lane) => sum + lane.lag, 0n)
  return [
    'PARTITIONS, largest lag first (< marks an upper bound)',
    ...table([
      ['partition', 'lag', 'committed', 'end', 'oldest', 'grows', 'read', 'first loss'],
      ...sorted.slice(0, SHOWN).map(row),
    ]),
    ...(rest.length === 0 ? [] : [`… and ${rest.length} more with ${formatCount(unread)} unread`]),
  ]
}

const row = (lane: LaneView): string[] => [
  lane.lane,
  `${lane.lagIsUpperBound ? '<' : ''}${formatCount(lane.lag)}`,
  lane.committed ?? 'none',
  lane.end,
  lane.oldestAgeSeconds === undefined ? '-' : formatDuration(lane.oldestAgeSeconds),
  formatRate(lane.growth),
  formatRate(lane.service),
  lane.firstLoss === undefined ? '-' : formatDuration(lane.firstLoss.seconds),
]
