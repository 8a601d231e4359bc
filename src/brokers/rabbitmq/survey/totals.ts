import { defined } from '../../../core/defined.js'
import { measuredRate, perSecond, type Sighting } from '../../../core/measured-rate.js'
import type { QueueTotal } from '../../../core/queue-survey.js'
import type { JsonRecord } from '../../../core/revive.js'
import type { MeasuredRate } from '../../../core/survey.js'
import { numberOf, wholeOf } from '../management/fields.js'
import type { Managed } from './ask-management.js'
import { ARRIVALS, SERVICE, summedCounter } from './counters.js'
import type { Reading } from './watch-queue.js'

type Counted = Omit<QueueTotal, 'firstExpiry' | 'full'>
type Rates = Pick<QueueTotal, 'growthRate' | 'serviceRate' | 'rateSeconds' | 'rates' | 'net'>

/** Counts and rates of a queue: the counts of the last look, the rates of the window. `now` in milliseconds of the epoch. */
export const totalOf = (readings: readonly Reading[], managed: Managed | undefined, now: number): Counted => {
  const ready = BigInt(readings.at(-1)?.ready ?? 0)
  const rates = ratesOf(readings, managed)
  return {
    ready,
    growth: rates.growthRate.mean,
    service: rates.serviceRate.mean,
    ...rates,
    ...(managed === undefined ? {} : sizes(managed.queue, ready, now)),
  }
}

const ratesOf = (readings: readonly Reading[], managed: Managed | undefined): Rates => {
  const seen = readings.map(({ at, ready }) => ({ at, value: BigInt(ready) }))
  const [first, last] = [seen[0], seen.at(-1)]
  const net = first === undefined || last === undefined ? 0 : perSecond(first, last)
  const fewer = measuredRate(seen.map(({ at, value }) => ({ at, value: -value })))
  if (managed === undefined || managed.withoutRates)
    return { growthRate: measuredRate(seen), serviceRate: fewer, rateSeconds: span(seen), rates: 'net', net }
  const arrived = summedCounter(managed.queue, ARRIVALS)
  const arrivals = measuredRate(arrived)
  const serviceRate = measuredRate(summedCounter(managed.queue, SERVICE))
  const growthRate = arrivals.mean > 0 ? arrivals : uncounted(seen, serviceRate)
  return { growthRate, serviceRate, rateSeconds: span(arrived) || span(seen), rates: 'measured', net }
}

const span = (seen: readonly Sighting[]): number => Math.round(((seen.at(-1)?.at ?? 0) - (seen[0]?.at ?? 0)) / 100) / 10

// What dead-lettering brings is not counted as published: then the growth is what the count rose by, and what left.
const uncounted = (seen: readonly Sighting[], service: MeasuredRate): MeasuredRate => {
  const rise = measuredRate(seen)
  if (rise.mean === 0) return rise
  return { mean: rise.mean + service.mean, low: rise.low + service.low, high: rise.high + service.high }
}

const sizes = (queue: JsonRecord, ready: bigint, now: number) => {
  const bytes = wholeOf(queue, 'message_bytes_ready')
  const counted = numberOf(queue, 'messages_ready') ?? 0
  const averageBytes = bytes === undefined || counted <= 0 ? undefined : Number(bytes) / counted
  return defined({
    unacked: wholeOf(queue, 'messages_unacknowledged'),
    averageBytes,
    // The statistics lag behind the count by up to 5 s, so their average is what is taken from them.
    bytes:
      ready === 0n ? 0n : averageBytes === undefined ? undefined : BigInt(Math.round(averageBytes * Number(ready))),
    ...(ready === 0n ? {} : head(queue, now)),
  })
}

// Whole seconds since the epoch; some publishers write milliseconds, and the server passes on what it got.
const head = (queue: JsonRecord, now: number) => {
  const timestamp = numberOf(queue, 'head_message_timestamp')
  if (timestamp === undefined || timestamp <= 0) return {}
  const at = timestamp > 100_000_000_000 ? timestamp : timestamp * 1000
  const time = new Date(at)
  if (Number.isNaN(time.getTime())) return {}
  return { oldestAt: time.toISOString(), oldestAgeSeconds: Math.max(0, (now - at) / 1000) }
}
