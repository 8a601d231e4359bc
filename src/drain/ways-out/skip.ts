import { shellWord } from '../../core/command-words.js'
import { discardName } from '../../core/discard-name.js'
import { formatDuration } from '../../core/quantity.js'
import type { Backlog, Eta, WayOut } from '../../core/survey.js'
import type { Assumptions, Pace } from './assumptions.js'
import { UNKNOWN, widened } from './catch-up.js'
import { losesBefore } from './expiry.js'
import { quoted } from './quoted.js'

/** Let the backlog go into an archive, start the originals at the end, and send it again when there is room. */
export const skipAndReplay = (backlog: Backlog, pace: Pace, given: Assumptions): WayOut => {
  const fresh = given.setUpSeconds + (pace.backlog + pace.growth.mean * given.setUpSeconds) / given.copyRate
  return {
    name: 'skip-and-replay',
    title: 'skip the backlog into an archive, replay it later',
    eta: etaOf(pace, given, fresh),
    freshAfterSeconds: fresh,
    losesFirst: losesBefore(backlog.total.firstLossSeconds, fresh),
    command: `spillway discard ${quoted(backlog.source)} --all --confirm ${shellWord(nameOf(backlog))}`,
    costs: [
      `fresh messages after about ${formatDuration(fresh)}; the backlog waits for \`spillway replay archive:RUN\``,
      'the handler must bear old messages after new ones, and the same message twice',
    ],
  }
}

const nameOf = ({ source, production, topic: { name } }: Backlog): string => discardName({ source, production, name })

const etaOf = (pace: Pace, given: Assumptions, fresh: number): Eta => {
  if (pace.service === undefined) return UNKNOWN
  const { hot: _unordered, ...free } = pace
  const eta = widened(free, given, fresh)
  return { ...eta, binding: `the replay beside live traffic: ${eta.binding}` }
}
