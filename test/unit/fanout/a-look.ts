import type { FanoutLook, FanoutOptions } from '../../../src/fanout/plan/options.js'

export const DRAIN = '20261121-1200-k3f9'
const TOPIC = `orders.spill.${DRAIN}`

/** Six lanes of a drain on Kafka, 600 messages. */
export const aLook = (changes: Partial<FanoutLook> = {}): FanoutLook => ({
  system: 'kafka',
  source: `kafka://one:9092/${TOPIC}?group=spillway.${DRAIN}`,
  reads: 'lanes',
  of: DRAIN,
  clusterId: 'c1',
  topic: TOPIC,
  topicId: 't1',
  group: `spillway.${DRAIN}`,
  lanes: Array.from({ length: 6 }, (_, lane) => ({ lane: String(lane), from: '0', to: '101', messages: 101n })),
  expect: { messages: 600n, bytes: 6000n },
  isWhole: true,
  others: [],
  warnings: [],
  refusals: [],
  stopCommands: [],
  ...changes,
})

/** The source itself: two partitions, of which one begins in the middle. */
export const aSourceLook = (changes: Partial<FanoutLook> = {}): FanoutLook => {
  const { of: _none, ...look } = aLook()
  return {
    ...look,
    source: 'kafka://one:9092/orders?group=billing',
    reads: 'source',
    topic: 'orders',
    group: 'billing',
    lanes: [
      { lane: '0', from: '500', to: '1500', messages: 1000n },
      { lane: '1', from: '0', to: '2000', messages: 2000n },
    ],
    expect: { messages: 3000n, bytes: 0n },
    stopCommands: ['systemctl stop billing'],
    ...changes,
  }
}

/** Ten temporary queues of a drain without a key. */
export const aQueueLook = (changes: Partial<FanoutLook> = {}): FanoutLook => {
  const base = `orders.spill.${DRAIN}`
  const queues = ['00', '01'].map(lane => `${base}.${lane}`)
  const { group: _group, topicId: _id, ...look } = aLook()
  return {
    ...look,
    system: 'rabbitmq',
    source: `amqp://one:5672//${base}`,
    vhost: '/',
    topic: base,
    lanes: ['00', '01'].map(lane => ({ lane, from: '0', to: '5', messages: 5n })),
    laneQueues: queues,
    queueType: 'classic',
    expect: { messages: 10n, bytes: 0n },
    ...changes,
  }
}

export const someFanoutOptions = (changes: Partial<FanoutOptions> = {}): FanoutOptions => ({
  run: '20261121-1300-m4x2',
  now: new Date('2026-11-21T13:00:00Z'),
  handler: { kind: 'exec', command: './handle.sh' },
  workers: 4,
  concurrency: 1,
  retries: 3,
  timeoutMs: 30_000,
  maxAhead: 10_000,
  consumersStopped: false,
  ...changes,
})
