import type { KafkaPlan } from '../../core/plan.js'
import { formatBytes, formatCount, formatDuration, formatRate } from '../../core/quantity.js'
import type { Backlog } from '../../core/survey.js'
import type { DrainOptions } from './options.js'

type Bounds = { readonly low: number; readonly high: number; readonly binding: string }
type Work = { readonly messages: bigint; readonly bytes: bigint; readonly factor: number }
type CopyTime = Pick<KafkaPlan['expect'], 'copySeconds' | 'binding' | 'pilesUp' | 'pilesUpWhile'>

// Measured on two cores shared with the broker, 1 KiB and 100 B records, in key order; a colder or busier one is slower.
const MESSAGES_PER_SECOND = { low: 80_000, high: 1_000_000 }
const SINGLES_PER_SECOND = { low: 30_000, high: 160_000 }
const BYTES_PER_SECOND = { low: 50 * 2 ** 20, high: 280 * 2 ** 20 }
const START_SECONDS = { low: 1, high: 5 }

/** How long the copy takes, as a range with what binds its slow end, and what piles up in the source meanwhile (λ·T). */
export const copyTime = (survey: Backlog, options: DrainOptions, work: Work): CopyTime => {
  const bounds = [byMessages(survey, options, work), byBytes(survey, work), ...byRate(options, work)]
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

const byMessages = ({ skew }: Backlog, { order }: DrainOptions, { messages }: Work): Bounds => {
  const singles = skew !== undefined && skew.recordsPerBatch > 0 && skew.recordsPerBatch < 2
  const rate = singles ? SINGLES_PER_SECOND : MESSAGES_PER_SECOND
  const walked = order === 'none' ? 'records are batched anew' : 'each record is walked in key order'
  const reason = singles ? 'one-record batches cost the brokers most' : walked
  return { ...across(Number(messages), rate), binding: `${formatRate(rate.low)} and more: ${reason}` }
}

const byBytes = ({ skew }: Backlog, { messages, bytes }: Work): Bounds => {
  const raw = skew === undefined ? Number(bytes) : Number(messages) * skew.rawBytes
  const rate = across(Math.max(raw, Number(bytes)), BYTES_PER_SECOND)
  return { ...rate, binding: `${formatBytes(BYTES_PER_SECOND.low)}/s and more: this machine and the brokers` }
}

const byRate = ({ rate }: DrainOptions, { messages, bytes }: Work): Bounds[] => [
  ...limit(rate?.messages, Number(messages), value => `--rate ${formatRate(value)}`),
  ...limit(rate?.bytes, Number(bytes), value => `--rate ${value / 1e6}MB/s`),
]

const limit = (rate: number | undefined, amount: number, words: (rate: number) => string): Bounds[] =>
  rate === undefined ? [] : [{ low: amount / rate, high: amount / rate, binding: words(rate) }]

const across = (amount: number, rate: { low: number; high: number }) => ({
  low: amount / rate.high,
  high: amount / rate.low,
})

// B ÷ (μ − λ); where the copy can't outrun the arrivals, `neverCatchesUp` refuses and the plain time is shown.
const followed = ({ total }: Backlog, { messages }: Work, plain: { low: number; high: number }) => {
  const stretch = (seconds: number) => {
    const rate = Number(messages) / Math.max(seconds, 0.001)
    return rate > total.growth ? Number(messages) / (rate - total.growth) : seconds
  }
  return { low: stretch(plain.low), high: stretch(plain.high) }
}

const pilesUp = ({ total }: Backlog, { messages, factor }: Work, copySeconds: number) => {
  const handle = total.service > 0 ? Number(messages) / (total.service * factor) : undefined
  const seconds = copySeconds + (handle ?? 0)
  const pilesUpWhile =
    handle === undefined
      ? `during the copy alone; each hour that the lanes take adds ${formatCount(Math.max(0, total.growth) * 3600)}`
      : `during the copy and the handling at ${factor}x today's ${formatRate(total.service)}, about ${formatDuration(seconds)}`
  return { pilesUp: BigInt(Math.round(Math.max(0, total.growth) * seconds)), pilesUpWhile }
}

/** Whether following the tail would never end: what `--rate` lets through does not outrun the arrivals. */
export const neverCatchesUp = (growth: number, { until, rate }: Pick<KafkaPlan, 'until' | 'rate'>): boolean =>
  until !== 'now' && rate?.messages !== undefined && growth > 0 && rate.messages <= growth
