import { kafkajs, parallelConsumer, spillway } from './workers.mjs'

/** Handlers in flight at once. With keys by Zipf's law the hottest key (4.5 %) bounds a 1 ms handler at about 22,000/s, whatever works it. */
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
