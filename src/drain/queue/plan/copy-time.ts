import { formatBytes, formatCount, formatDuration, formatRate } from '../../../core/quantity.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import type { QueueBacklog } from '../../../core/queue-survey.js'
import type { QueueDrainOptions } from './options.js'

type Bounds = { readonly low: number; readonly high: number; readonly binding: string }
type Work = { readonly messages: bigint; readonly bytes: bigint; readonly lanes: number; readonly type: string }
type CopyTime = Pick<QueuePlan['expect'], 'copySeconds' | 'binding' | 'pilesUp' | 'pilesUpWhile'>

// Measured on two cores that client and server shared, 100 B and 1 KiB, persistent, confirmed; real disks are slower.
const MESSAGES_PER_SECOND = { classic: { low: 4_000, high: 30_000 }, quorum: { low: 6_000, high: 45_000 } }
const BYTES_PER_SECOND = { low: 10 * 2 ** 20, high: 150 * 2 ** 20 }
const START_SECONDS = { low: 1, high: 5 }

/** How long the copy takes, as a range with what binds its slow end, and what piles up in the source meanwhile (λ·T). */
export const queueCopyTime = (survey: QueueBacklog, options: QueueDrainOptions, work: Work): CopyTime => {
  const bounds = [byMessages(work), byBytes(work), ...byRate(options, work)]
  const slowest = bounds.reduce((a, b) => (b.high > a.high ? b : a))
  const low = Math.max(...bounds.map(bound => bound.low))
  const follow = (options.until ?? 'now') !== 'now' ? followed(survey, work, { low, high: slowest.high }) : undefined
  const high = START_SECONDS.high + (follow?.high ?? slowest.high)
  return {
    copySeconds: [tenth(START_SECONDS.low + (follow?.low ?? low)), tenth(high)],
    binding: slowest.binding,
    ...pilesUp(survey, work, high),
  }
}

const tenth = (seconds: number): number => Math.round(seconds * 10) / 10

const byMessages = ({ messages, type }: Work): Bounds => {
  const rate = MESSAGES_PER_SECOND[type === 'quorum' ? 'quorum' : 'classic']
  return {
    ...across(Number(messages), rate),
    binding: `${formatRate(rate.low)} and more: the server confirms each message on disk`,
  }
}

const byBytes = ({ bytes }: Work): Bounds => ({
  ...across(Number(bytes), BYTES_PER_SECOND),
  binding: `${formatBytes(BYTES_PER_SECOND.low)}/s and more: the server's disks`,
})

const byRate = ({ rate }: QueueDrainOptions, { messages, bytes }: Work): Bounds[] => [
  ...limit(rate?.messages, Number(messages), value => `--rate ${formatRate(value)}`),
  ...limit(rate?.bytes, Number(bytes), value => `--rate ${value / 1e6}MB/s`),
]

const limit = (rate: number | undefined, amount: number, words: (rate: number) => string): Bounds[] =>
  rate === undefined ? [] : [{ low: amount / rate, high: amount / rate, binding: words(rate) }]

const across = (amount: number, rate: { low: number; high: number }) => ({
  low: amount / rate.high,
  high: amount / rate.low,
})

// B ÷ (μ − λ); where the copy can't outrun the arrivals, the plain time is shown and a refusal says so.
const followed = ({ total }: QueueBacklog, { messages }: Work, plain: { low: number; high: number }) => {
  const stretch = (seconds: number) => {
    const rate = Number(messages) / Math.max(seconds, 0.001)
    return rate > total.growth ? Number(messages) / (rate - total.growth) : seconds
  }
  return { low: stretch(plain.low), high: stretch(plain.high) }
}

const pilesUp = ({ total }: QueueBacklog, { messages, lanes }: Work, copySeconds: number) => {
  const handle = total.service > 0 ? Number(messages) / (total.service * lanes) : undefined
  const seconds = copySeconds + (handle ?? 0)
  const pilesUpWhile =
    handle === undefined
      ? `during the copy alone; each hour that the lanes take adds ${formatCount(Math.max(0, total.growth) * 3600)}`
      : `during the copy and the handling at ${lanes}x today's ${formatRate(total.service)}, about ${formatDuration(seconds)}`
  return { pilesUp: BigInt(Math.round(Math.max(0, total.growth) * seconds)), pilesUpWhile }
}
