import { measuredRate, perSecond, type Sighting } from '../../../core/measured-rate.js'
import type { QueueTotal } from '../../../core/queue-survey.js'
import type { MeasuredRate } from '../../../core/survey.js'
import type { Managed } from './ask-management.js'
import { ARRIVALS, SERVICE, summedCounter } from './counters.js'
import type { Reading } from './watch-queue.js'

/** What rates are made from. `leaks`: messages may expire or be dropped, so the count alone tells no growth. */
export type RateFacts = {
  readonly readings: readonly Reading[]
  readonly managed: Managed | undefined
  readonly leaks: boolean
}

type Rates = Pick<QueueTotal, 'growthRate' | 'serviceRate' | 'rateSeconds' | 'rates' | 'net' | 'ratesAreYoung'>

/**
 * Rates of a queue: of the server's counters, whose samples reach back beyond a short window. Where they contradict what the counts did
 * within it, the counts are right, and what came or went before is no rate.
 */
export const ratesOf = ({ readings, managed, leaks }: RateFacts): Rates => {
  const seen = readings.map(({ at, ready }) => ({ at, value: BigInt(ready) }))
  const [first, last] = [seen[0], seen.at(-1)]
  const net = first === undefined || last === undefined ? 0 : perSecond(first, last)
  if (managed === undefined || managed.withoutRates) {
    const fewer = measuredRate(seen.map(({ at, value }) => ({ at, value: -value })))
    return { growthRate: measuredRate(seen), serviceRate: fewer, rateSeconds: span(seen), rates: 'net', net }
  }
  const arrived = summedCounter(managed.queue, ARRIVALS)
  const sampled = { growth: measuredRate(arrived), service: measuredRate(summedCounter(managed.queue, SERVICE)) }
  const rest = { serviceRate: sampled.service, rates: 'measured' as const, net }
  if (seen.length > 1 && contradicts(sampled, net))
    return {
      ...rest,
      growthRate: leaks ? sampled.growth : counted(readings, sampled.service, net),
      rateSeconds: span(seen),
      ratesAreYoung: true,
    }
  const growthRate = sampled.growth.mean > 0 || net <= 0 ? sampled.growth : counted(readings, sampled.service, net)
  return { ...rest, growthRate, rateSeconds: span(arrived) || span(seen) }
}

const span = (seen: readonly Sighting[]): number => Math.round(((seen.at(-1)?.at ?? 0) - (seen[0]?.at ?? 0)) / 100) / 10

const NOISE_SHARE = 0.25
const NOISE = 5

type Sampled = { readonly growth: MeasuredRate; readonly service: MeasuredRate }

/** What dead-lettering brings is in no counter, so that without arrivals only a fall is a contradiction. */
const contradicts = ({ growth, service }: Sampled, net: number): boolean => {
  const difference = growth.mean - service.mean - net
  const noise = Math.max(NOISE, NOISE_SHARE * Math.max(growth.mean, service.mean, Math.abs(net)))
  return growth.mean === 0 ? difference > noise : Math.abs(difference) > noise
}

/** Growth by the count: what it rose by, and what left meanwhile, which is nothing where nobody consumes. */
const counted = (readings: readonly Reading[], service: MeasuredRate, net: number): MeasuredRate => {
  const rise = measuredRate(readings.map(({ at, ready }) => ({ at, value: BigInt(ready) })))
  if (readings.every(({ consumers }) => consumers === 0)) return rise
  const [mean, low, high] = [service.mean + net, service.low + net, service.high + net].map(rate => Math.max(0, rate))
  return { mean: mean ?? 0, low: low ?? 0, high: high ?? 0 }
}
