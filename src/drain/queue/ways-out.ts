import type { QueueBacklog } from '../../core/queue-survey.js'
import type { WayOut } from '../../core/survey.js'
import type { Assumptions } from '../ways-out/assumptions.js'
import { fanOutQueue } from './ways-out/fan-out.js'
import { assumeForQueue, queuePace, unlessYoung } from './ways-out/pace.js'
import { discardAndReplay } from './ways-out/skip.js'
import { waitForQueue } from './ways-out/wait.js'
import { widenQueue } from './ways-out/widen.js'

/**
 * The ways out of a queue's backlog, cheapest first, each with an ETA as a range and what limits it. Pure. The names and
 * formulas are those of Kafka's ways out: catch-up is B ÷ (μ − λ).
 */
export const queueWaysOut = (backlog: QueueBacklog, given: Partial<Assumptions> = {}): readonly WayOut[] => {
  const assumed = assumeForQueue(backlog, given)
  const pace = queuePace(backlog, assumed)
  if (pace.backlog === 0 || backlog.queue.type === 'stream') return [waitForQueue(backlog, pace)]
  const ways = [
    waitForQueue(backlog, pace),
    fanOutQueue(backlog, pace, assumed),
    widenQueue(backlog, pace, assumed),
    discardAndReplay(backlog, pace, assumed),
  ]
  return ways.map(way => ({ ...way, eta: unlessYoung(backlog, way.eta) }))
}
