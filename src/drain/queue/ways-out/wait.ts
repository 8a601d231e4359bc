import { formatDuration, formatRate } from '../../../core/quantity.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import type { Eta, WayOut } from '../../../core/survey.js'
import type { Pace } from '../../ways-out/assumptions.js'
import { catchUp } from '../../ways-out/catch-up.js'
import { losesBefore } from '../../ways-out/expiry.js'
import { addressed, firstLoss, unknownService } from './pace.js'

/** Let today's consumers work it off. */
export const waitForQueue = (backlog: QueueBacklog, pace: Pace): WayOut => {
  const eta = etaOf(backlog, pace)
  const loss = firstLoss(backlog)
  const stopped = backlog.verdict === 'idle' && backlog.total.service === 0
  return {
    name: 'wait',
    title: stopped ? 'start the consumers again and wait' : 'wait for the consumers that are there',
    eta,
    ...(eta.high !== undefined && { freshAfterSeconds: eta.high }),
    losesFirst: eta.verdict !== 'unknown' && losesBefore(loss, eta.high),
    command: `spillway survey ${addressed(backlog)} --watch`,
    costs: [
      'new messages wait behind the backlog until it is gone',
      ...(loss === undefined ? [] : [`waiting messages may be lost from ${formatDuration(loss)} on`]),
    ],
  }
}

const etaOf = (backlog: QueueBacklog, pace: Pace): Eta => {
  if (pace.backlog === 0) return { low: 0, high: 0, binding: 'nothing is waiting' }
  if (pace.service === undefined) return byCount(backlog, pace)
  const { service, growth } = pace
  const low = catchUp(pace.backlog, service.high, growth.low)
  const high = catchUp(pace.backlog, service.low, growth.high)
  const binding = `service ${formatRate(service.mean)} against growth ${formatRate(growth.mean)}`
  if (low === undefined || catchUp(pace.backlog, service.mean, growth.mean) === undefined)
    return { low: 0, binding: `${binding}: service is not above growth`, verdict: 'never' }
  return { low, ...(high !== undefined && { high }), binding }
}

// Where only the count is seen, its fall is all that there is to go by; without consumers nothing will make it fall.
const byCount = (backlog: QueueBacklog, pace: Pace): Eta => {
  const { rates, serviceRate, net } = backlog.total
  if (rates !== 'net' || backlog.consumerCount === 0) return unknownService(backlog)
  const low = catchUp(pace.backlog, serviceRate.high, 0)
  if (net >= 0 || low === undefined)
    return { low: 0, binding: 'the queue does not get shorter: service is not above growth', verdict: 'never' }
  const high = catchUp(pace.backlog, serviceRate.low, 0)
  return { low, ...(high !== undefined && { high }), binding: `the queue gets shorter by ${formatRate(-net)}` }
}
