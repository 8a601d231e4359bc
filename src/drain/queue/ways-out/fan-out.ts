import type { QueueBacklog } from '../../../core/queue-survey.js'
import type { WayOut } from '../../../core/survey.js'
import type { Assumptions, Pace } from '../../ways-out/assumptions.js'
import { widened } from '../../ways-out/catch-up.js'
import { losesBefore } from '../../ways-out/expiry.js'
import { addressed, firstLoss, unknownService } from './pace.js'

/** A first suggestion; who has more lanes than this seldom has a handler for each. */
const WORKERS_AT_MOST = 256

/** Work the queue itself with many handlers at once. */
export const fanOutQueue = (backlog: QueueBacklog, pace: Pace, given: Assumptions): WayOut => {
  const eta = pace.service === undefined ? unknownService(backlog) : widened(pace, given, given.setUpSeconds)
  const workers = Math.min(WORKERS_AT_MOST, given.factor * Math.max(1, backlog.consumerCount))
  const alone = backlog.queue.settings.singleActiveConsumer?.value === true
  return {
    name: 'fanout',
    title: `fan out on the queue that is there, ${given.factor}x the handlers`,
    eta,
    ...(eta.high !== undefined && { freshAfterSeconds: eta.high }),
    losesFirst: eta.verdict !== 'unknown' && losesBefore(firstLoss(backlog), eta.high),
    command: `spillway fanout ${addressed(backlog)} --exec CMD --workers ${workers}`,
    costs: [
      'no copy, no room needed; new messages wait behind the backlog',
      alone
        ? 'single active consumer: it must be the active one and alone, and its handlers give up the order'
        : 'competing handlers keep no order',
      'no undo: what is acked is gone',
    ],
  }
}
