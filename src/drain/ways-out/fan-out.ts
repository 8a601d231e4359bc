import { formatDuration } from '../../core/quantity.js'
import type { Backlog, WayOut } from '../../core/survey.js'
import type { Assumptions, Pace } from './assumptions.js'
import { widened } from './catch-up.js'
import { losesBefore, lossWhileServed } from './expiry.js'
import { quoted } from './quoted.js'

/** A first suggestion; who has more lanes than this seldom has a handler for each. */
const WORKERS_AT_MOST = 256

/** Work a fixed range of the source itself with many keys at once, the originals on its tail. */
export const fanOut = (backlog: Backlog, pace: Pace, given: Assumptions): WayOut => {
  const eta = widened(pace, given, given.setUpSeconds)
  const workers = Math.min(WORKERS_AT_MOST, given.factor * (backlog.group.members.length || backlog.lanes.length || 1))
  return {
    name: 'fanout',
    title: `fan out on the partitions that are there, ${given.factor}x the handlers`,
    eta,
    freshAfterSeconds: given.setUpSeconds,
    losesFirst: eta.verdict !== 'unknown' && losesBefore(lossWhileServed(backlog, pace), eta.high),
    command: `spillway fanout ${quoted(backlog.source)} --exec CMD --workers ${workers}`,
    costs: [
      `fresh first: the originals start at the tail after about ${formatDuration(given.setUpSeconds)}; no copy, no disk`,
      'a key seen in both the backlog and the tail is handled out of order',
      'no undo: it commits to the offsets of the group itself',
    ],
  }
}
