import { defined } from '../../../core/defined.js'
import type { QueueTotal } from '../../../core/queue-survey.js'
import type { JsonRecord } from '../../../core/revive.js'
import { numberOf, wholeOf } from '../management/fields.js'
import { type RateFacts, ratesOf } from './rates.js'

type Counted = Omit<QueueTotal, 'firstExpiry' | 'full'>

/** What a total is made from; `now` in milliseconds of the epoch. */
export type TotalFacts = RateFacts & { readonly now: number }

/** Counts and rates of a queue: the counts of the last look, the rates of the window. */
export const totalOf = ({ now, ...facts }: TotalFacts): Counted => {
  const ready = BigInt(facts.readings.at(-1)?.ready ?? 0)
  const rates = ratesOf(facts)
  return {
    ready,
    growth: rates.growthRate.mean,
    service: rates.serviceRate.mean,
    ...rates,
    ...(facts.managed === undefined ? {} : sizes(facts.managed.queue, ready, now)),
  }
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
