import { formatBytes, formatDuration, formatRate } from '../../../core/quantity.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import type { WayOut } from '../../../core/survey.js'
import type { Assumptions, Pace } from '../../ways-out/assumptions.js'
import { widened } from '../../ways-out/catch-up.js'
import { losesBefore } from '../../ways-out/expiry.js'
import { addressed, firstLoss, unknownService } from './pace.js'

/** Copy the backlog into `factor` temporary queues, and work it there. */
export const widenQueue = (backlog: QueueBacklog, pace: Pace, given: Assumptions): WayOut => {
  const copy = (pace.backlog + pace.growth.mean * given.setUpSeconds) / given.copyRate
  const secured = given.setUpSeconds + copy
  const eta = pace.service === undefined ? unknownService(backlog) : widened(pace, given, secured)
  const alone = backlog.queue.settings.singleActiveConsumer?.value === true
  return {
    name: 'drain',
    title: `${given.factor} temporary queues instead of one`,
    eta,
    ...(eta.high !== undefined && { freshAfterSeconds: eta.high }),
    losesFirst: losesBefore(firstLoss(backlog), secured),
    command: `spillway drain ${addressed(backlog)} --factor ${given.factor}${alone ? ' --key routing-key' : ''}`,
    costs: [
      `the copy takes about ${formatDuration(copy)} at an assumed ${formatRate(given.copyRate)}; after it, TTL and length limits can't hurt`,
      roomCost(backlog),
      'order is kept per key where --key says what the key is, while the originals stay stopped until every lane is handled',
    ],
  }
}

const roomCost = ({ total, nodes }: QueueBacklog): string => {
  const size =
    total.bytes === undefined
      ? 'nobody says how many bytes'
      : `about ${formatBytes(total.bytes)} of bodies change place`
  const free = nodes.flatMap(({ diskFree, diskLimit }) =>
    diskFree === undefined ? [] : [Number(diskFree - (diskLimit ?? 0n))],
  )
  const least = free.length === 0 ? '' : `; least free above the alarm on a node: ${formatBytes(Math.min(...free))}`
  return `room: messages move, ${size}${least}`
}
