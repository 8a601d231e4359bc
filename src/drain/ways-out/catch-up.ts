import { formatCount, formatRate } from '../../core/quantity.js'
import type { Eta } from '../../core/survey.js'
import type { Assumptions, Pace } from './assumptions.js'

/** Seconds until a backlog is gone: B ÷ (μ − λ); undefined where service is not above growth. */
export const catchUp = (backlog: number, service: number, growth: number): number | undefined =>
  backlog <= 0 ? 0 : service > growth ? backlog / (service - growth) : undefined

/** The answer where nobody knows what the consumers can do. */
export const UNKNOWN: Eta = {
  low: 0,
  binding: 'the group is stopped: give its service rate with --service-rate N',
  verdict: 'unknown',
}

/** Of a backlog worked off by `factor` times today's consumers beside the arrivals; `before` seconds pass first. */
export const widened = (pace: Pace, given: Assumptions, before: number): Eta => {
  const { service, growth, hot } = pace
  if (service === undefined) return UNKNOWN
  const backlog = pace.backlog + growth.mean * before
  const wide = (rate: number) => Math.min(rate * given.factor, given.downstreamCap ?? Number.POSITIVE_INFINITY)
  const low = catchUp(backlog, wide(service.high), growth.low)
  const high = catchUp(backlog, given.downstreamCap === undefined ? service.low : wide(service.low), growth.high)
  if (low === undefined) return { low: 0, binding: neverBinding(pace, given), verdict: 'never' }
  const floor = hot?.seconds ?? 0
  return {
    low: before + Math.max(low, floor),
    ...(high !== undefined && { high: before + Math.max(high, floor) }),
    binding: floor > low ? hotBinding(hot) : bindingOf(pace, given),
  }
}

const hotBinding = (hot: Pace['hot']): string =>
  `the hottest key (${hot?.key}, ${Math.round((hot?.share ?? 0) * 100)} % of the backlog): one ordered lane`

const neverBinding = ({ growth }: Pace, given: Assumptions): string =>
  `even ${given.factor}x is not above growth (${formatRate(growth.mean)})`

const bindingOf = ({ service }: Pace, given: Assumptions): string => {
  const today = service?.mean ?? 0
  if (given.downstreamCap === undefined)
    return `the downstream, whose cap is unknown: from ${formatCount(given.factor)}x today's ${formatRate(today)} to just that`
  return given.downstreamCap < today * given.factor
    ? `the downstream cap of ${formatRate(given.downstreamCap)}`
    : `${given.factor}x the consumers: ${formatRate(today * given.factor)}`
}
