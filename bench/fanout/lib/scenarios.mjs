import { kafkajs, parallelConsumer, spillway } from './workers.mjs'

/** Of 100,000 keys by Zipf's law with exponent 0.9: one over the sum of their weights. In key order no worker does more than 1 / (share x latency). */
export const HOTTEST_SHARE =
  1 / Array.from({ length: 100_000 }, (_, i) => (i + 1) ** -0.9).reduce((sum, each) => sum + each, 0)

/** Handlers in flight at once. */
export const CONCURRENCY = [16, 64]

/** What is compared: workers on one topic, in turn, each from the topic's beginning. */
export const SCENARIOS = {
  sleep: {
    name: 'sleep',
    about: 'a handler of 1 ms, keys by Zipf (0.9 over 100,000), order by key',
    records: 200_000,
    size: 200,
    workers: [
      kafkajs('kafkajs eachMessage', 'each-message', 0.02),
      ...CONCURRENCY.flatMap(concurrency => [
        spillway(`spillway ${concurrency}`, 'sleep.mjs', { concurrency }),
        parallelConsumer(concurrency),
      ]),
    ],
  },
  noop: {
    name: 'noop',
    about: 'a handler that does nothing, 200 B',
    records: 1_000_000,
    size: 200,
    workers: [kafkajs('kafkajs eachBatch', 'each-batch'), spillway('spillway noop', 'noop.mjs', { concurrency: 16 })],
  },
}
