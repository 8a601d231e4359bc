import type { Sighting } from '../../../core/measured-rate.js'
import type { JsonRecord } from '../../../core/revive.js'
import { numberOf, recordOf, recordsOf } from '../management/fields.js'

/** Seconds between the samples that the management plugin keeps (`collect_statistics_interval`, 5 s by default). */
export const SAMPLE_SECONDS = 5

/** Three samples at least: a window of 2 s would mostly fall between two of them. */
const LOOK_BACK_SECONDS = 2 * SAMPLE_SECONDS

/**
 * The query that makes `/api/queues/V/Q` give its counters sample by sample: `msg_rates_age` and `lengths_age` in
 * seconds (management plugin, "HTTP API": "It is possible to filter the statistics by time").
 */
export const samplesQuery = (windowMs: number): Readonly<Record<string, number>> => {
  const age = Math.max(LOOK_BACK_SECONDS, Math.ceil(windowMs / 1000 / SAMPLE_SECONDS) * SAMPLE_SECONDS)
  return {
    msg_rates_age: age,
    msg_rates_incr: SAMPLE_SECONDS,
    lengths_age: age,
    lengths_incr: SAMPLE_SECONDS,
  }
}

/** One counter of a queue's `message_stats`, oldest sample first. Empty where the server keeps none. */
export const counter = (queue: JsonRecord, name: string): readonly Sighting[] =>
  recordsOf(recordOf(recordOf(queue, 'message_stats'), `${name}_details`), 'samples')
    .flatMap(sample => {
      const [at, value] = [numberOf(sample, 'timestamp'), numberOf(sample, 'sample')]
      return at === undefined || value === undefined ? [] : [{ at, value: BigInt(Math.round(value)) }]
    })
    .sort((a, b) => a.at - b.at)

/** The sum of several counters, sample by sample; the samples of one queue are aligned. A missing one counts as 0. */
export const summedCounter = (queue: JsonRecord, names: readonly string[]): readonly Sighting[] => {
  const sums = new Map<number, bigint>()
  for (const name of names) for (const { at, value } of counter(queue, name)) sums.set(at, (sums.get(at) ?? 0n) + value)
  return [...sums].map(([at, value]) => ({ at, value })).sort((a, b) => a.at - b.at)
}

/** Messages that entered the queue. */
export const ARRIVALS = ['publish']
/** Messages that left it for good: acked, or sent without asking for an ack. */
export const SERVICE = ['ack', 'deliver_no_ack', 'get_no_ack']
/** Fetches by basic.get, empty ones too: nobody but a poller makes them. */
export const POLLS = ['get', 'get_no_ack', 'get_empty']

/** Whether a counter rose between its samples. */
export const rose = (sightings: readonly Sighting[]): boolean =>
  (sightings.at(-1)?.value ?? 0n) > (sightings[0]?.value ?? 0n)
