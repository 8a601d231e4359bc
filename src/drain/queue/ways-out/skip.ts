import { discardName } from '../../../core/discard-name.js'
import { formatDuration } from '../../../core/quantity.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import type { WayOut } from '../../../core/survey.js'
import type { Assumptions, Pace } from '../../ways-out/assumptions.js'
import { widened } from '../../ways-out/catch-up.js'
import { losesBefore } from '../../ways-out/expiry.js'
import { quoted } from '../../ways-out/quoted.js'
import { addressed, firstLoss, unknownService } from './pace.js'

/** Let the backlog go into an archive, start the originals on what is new, and send it again when there is room. */
export const discardAndReplay = (backlog: QueueBacklog, pace: Pace, given: Assumptions): WayOut => {
  const fresh = given.setUpSeconds + (pace.backlog + pace.growth.mean * given.setUpSeconds) / given.copyRate
  const eta = pace.service === undefined ? unknownService(backlog) : widened(pace, given, fresh)
  return {
    name: 'skip-and-replay',
    title: 'discard the backlog into an archive, replay it later',
    eta: eta.verdict === 'unknown' ? eta : { ...eta, binding: `the replay beside live traffic: ${eta.binding}` },
    freshAfterSeconds: fresh,
    losesFirst: losesBefore(firstLoss(backlog), fresh),
    command: `spillway discard ${addressed(backlog)} --all --confirm ${quoted(nameOf(backlog))}`,
    costs: [
      `fresh messages after about ${formatDuration(fresh)}; the backlog waits for \`spillway replay archive:RUN\``,
      'works under a memory or disk alarm too: it only consumes',
      'the handler must bear old messages after new ones, and the same message twice',
    ],
  }
}

const nameOf = ({ source, production, queue: { name } }: QueueBacklog): string =>
  discardName({ source, production, name })
