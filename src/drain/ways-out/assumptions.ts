import type { Backlog, MeasuredRate } from '../../core/survey.js'

/** What nobody can measure from outside; given by the operator, or assumed and said so. Rates in messages a second. */
export type Assumptions = {
  /** How many times today's consumers a wider way would run. */
  readonly factor: number
  /** What the repaired consumers handle together; needed when the group is stopped. */
  readonly serviceRate?: number
  /** What the systems behind the handler bear; unknown when absent. */
  readonly downstreamCap?: number
  readonly copyRate: number
  /** Seconds until a person has reviewed the plan and started it. */
  readonly setUpSeconds: number
}

const COPY_MESSAGES_PER_SECOND = 100_000
const COPY_BYTES_PER_SECOND = 60_000_000

/** Defaults for a backlog: ten times, two minutes to set up, and a copy at what one modest machine does. */
export const assume = (backlog: Backlog, given: Partial<Assumptions> = {}): Assumptions => ({
  factor: 10,
  copyRate: Math.min(COPY_MESSAGES_PER_SECOND, COPY_BYTES_PER_SECOND / Math.max(1, backlog.skew?.rawBytes ?? 1024)),
  setUpSeconds: 120,
  ...given,
})

/** The numbers that every way out is computed from. `service` is absent where the group is stopped and none was given. */
export type Pace = {
  readonly backlog: number
  readonly growth: MeasuredRate
  readonly service?: MeasuredRate
  /** Seconds that the hottest key takes in one ordered lane, and its name; absent without a sample. */
  readonly hot?: { readonly seconds: number; readonly key: string; readonly share: number }
}

const exactly = (rate: number): MeasuredRate => ({ mean: rate, low: rate, high: rate })

/** Reads the pace from a backlog. A group that has members and does not move has a service rate of 0, not an unknown one. */
export const paceOf = (backlog: Backlog, given: Assumptions): Pace => {
  const { total, group } = backlog
  const measured = total.serviceRate ?? exactly(total.service)
  const stopped = group.verdict === 'idle' && measured.mean === 0
  const service = given.serviceRate !== undefined ? exactly(given.serviceRate) : stopped ? undefined : measured
  const hot = service && hotFloor(backlog, service.mean)
  return {
    backlog: Number(total.lag),
    growth: total.growthRate ?? exactly(total.growth),
    ...(service && { service }),
    ...(hot && { hot }),
  }
}

/** One key's messages can't be handled faster than one lane goes: its count ÷ (service rate ÷ lanes at work). */
const hotFloor = (backlog: Backlog, service: number): Pace['hot'] => {
  const hottest = backlog.skew?.hottest[0]
  if (hottest === undefined || service <= 0) return undefined
  const working = backlog.lanes.filter(lane => lane.service > 0).length || backlog.lanes.length
  const messages = hottest.messages ?? hottest.share * Number(backlog.total.lag)
  return { seconds: (messages * working) / service, key: hottest.key, share: hottest.share }
}
