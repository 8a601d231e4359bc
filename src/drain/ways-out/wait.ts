import { formatDuration, formatRate } from '../../core/quantity.js'
import type { Backlog, Eta, WayOut } from '../../core/survey.js'
import type { Pace } from './assumptions.js'
import { catchUp, UNKNOWN } from './catch-up.js'
import { losesBefore, lossWhileServed } from './expiry.js'
import { quoted } from './quoted.js'

/** Let today's consumers work it off. */
export const wait = (backlog: Backlog, pace: Pace): WayOut => {
  const eta = etaOf(pace)
  const loss = lossWhileServed(backlog, pace)
  const stopped = backlog.group.verdict === 'idle' && backlog.total.service === 0
  return {
    name: 'wait',
    title: stopped ? 'start the consumers again and wait' : 'wait for the consumers that are there',
    eta,
    ...(eta.high !== undefined && { freshAfterSeconds: eta.high }),
    losesFirst: eta.verdict !== 'unknown' && losesBefore(loss, eta.high),
    command: `spillway survey ${quoted(backlog.source)} --watch`,
    costs: [
      'new messages wait behind the backlog until it is gone',
      ...(loss === undefined ? [] : [`unread messages may be deleted from ${formatDuration(loss)} on`]),
    ],
  }
}

const etaOf = ({ backlog, service, growth }: Pace): Eta => {
  if (backlog > 0 && service === undefined) return UNKNOWN
  const rate = service ?? { mean: 0, low: 0, high: 0 }
  const low = catchUp(backlog, rate.high, growth.low)
  const high = catchUp(backlog, rate.low, growth.high)
  const binding = `service ${formatRate(rate.mean)} against growth ${formatRate(growth.mean)}`
  if (low === undefined || catchUp(backlog, rate.mean, growth.mean) === undefined)
    return { low: 0, binding: `${binding}: service is not above growth`, verdict: 'never' }
  return { low, ...(high !== undefined && { high }), binding }
}
