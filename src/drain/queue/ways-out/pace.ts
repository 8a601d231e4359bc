import { withUser } from '../../../core/address/queue.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import type { Eta, MeasuredRate } from '../../../core/survey.js'
import type { Assumptions, Pace } from '../../ways-out/assumptions.js'
import { quoted } from '../../ways-out/quoted.js'

// The server is the limit, 75 to 120 µs a message: measured on two cores that client and server shared.
const COPY_MESSAGES_PER_SECOND = 10_000
const COPY_BYTES_PER_SECOND = 60_000_000

/** Defaults for a queue: ten times, two minutes to set up, and a copy at what one modest server does. */
export const assumeForQueue = ({ total }: QueueBacklog, given: Partial<Assumptions> = {}): Assumptions => ({
  factor: 10,
  copyRate: Math.min(COPY_MESSAGES_PER_SECOND, COPY_BYTES_PER_SECOND / Math.max(1, total.averageBytes ?? 1024)),
  setUpSeconds: 120,
  ...given,
})

const exactly = (rate: number): MeasuredRate => ({ mean: rate, low: rate, high: rate })

/**
 * Reads the pace of a queue: what waits, and what is with consumers. Its service is unknown where nobody consumes, and
 * where only the change of the count could be seen.
 */
export const queuePace = ({ total, verdict }: QueueBacklog, given: Assumptions): Pace => {
  const stopped = verdict === 'idle' && total.service === 0
  const unknown = stopped || total.rates === 'net'
  const service = given.serviceRate !== undefined ? exactly(given.serviceRate) : unknown ? undefined : total.serviceRate
  return {
    backlog: Number(total.ready + (total.unacked ?? 0n)),
    growth: total.growthRate,
    ...(service !== undefined && { service }),
  }
}

/** The address for a command, as an argument of a shell: with its user, as it was given, and without a password. */
export const addressed = ({ source, user }: QueueBacklog): string => quoted(withUser(source, user.name))

/** The answer where nobody knows what the consumers can do. */
export const unknownService = ({ total, consumerCount }: QueueBacklog): Eta => ({
  low: 0,
  binding:
    total.rates === 'net' && consumerCount > 0
      ? 'without the management API nobody sees what the consumers handle: give it with --service-rate N'
      : 'the consumers are stopped: give their service rate with --service-rate N',
  verdict: 'unknown',
})

/** No "never" is said from rates that the window contradicts. */
export const unlessYoung = ({ total }: QueueBacklog, eta: Eta): Eta =>
  total.ratesAreYoung !== true || eta.verdict === 'unknown' || eta.high !== undefined
    ? eta
    : { low: 0, binding: `${eta.binding}; but the rates are young: survey again in 10 s`, verdict: 'unknown' }

/**
 * Seconds until the first waiting message may be lost, expired or dropped for a new one, if nothing changes; undefined
 * where no rule takes any.
 */
export const firstLoss = ({ total, queue }: QueueBacklog): number | undefined => {
  const drops = (queue.settings.overflow?.value ?? 'drop-head') === 'drop-head'
  const losses = [total.firstExpiry?.low, drops ? total.full?.low : undefined].filter(each => each !== undefined)
  return losses.length === 0 ? undefined : Math.min(...losses)
}
