import type { DiscardLook, DiscardOptions } from '../../../src/discard/plan/options.js'

export const RUN = '20261121-1300-m4x2'

/** Two partitions of a topic, 3,000 messages of a day. */
export const aTopicLook = (changes: Partial<DiscardLook> = {}): DiscardLook => ({
  system: 'kafka',
  source: 'kafka://one:9092/orders?group=billing',
  clusterId: 'c1',
  topic: 'orders',
  topicId: 't1',
  group: 'billing',
  production: false,
  lanes: [
    {
      lane: '0',
      from: '500',
      to: '1500',
      messages: 1000n,
      first: '2026-11-20T13:00:00.000Z',
      last: '2026-11-21T12:00:00.000Z',
    },
    {
      lane: '1',
      from: '0',
      to: '2000',
      messages: 2000n,
      first: '2026-11-20T12:30:00.000Z',
      last: '2026-11-21T12:59:00.000Z',
    },
  ],
  messagesIsUpperBound: false,
  bytes: 3_000_000n,
  affected: ['group audit: loses 40 messages that it has not read'],
  stopCommands: ['systemctl stop billing'],
  brokerFolders: [],
  warnings: [],
  ...changes,
})

/** A queue with ten messages, whose sizes nobody knows. */
export const aQueueLook = (changes: Partial<DiscardLook> = {}): DiscardLook => {
  const { group: _group, topicId: _id, ...look } = aTopicLook()
  return {
    ...look,
    system: 'rabbitmq',
    source: 'amqp://one:5672//orders',
    vhost: '/',
    queueType: 'classic',
    lanes: [{ lane: 'orders', from: '0', to: '10', messages: 10n }],
    bytes: 0n,
    affected: [],
    stopCommands: [],
    ...changes,
  }
}

/** All of it, kept in the folder of the run. */
export const someOptions = (changes: Partial<DiscardOptions> = {}): DiscardOptions => ({
  run: RUN,
  now: new Date('2026-11-21T13:00:00Z'),
  scope: { kind: 'all' },
  how: 'offsets',
  archive: { folder: `/home/ops/runs/${RUN}/archive`, freeBytes: 100n << 30n, floorBytes: 1n << 30n },
  consumersStopped: false,
  ...changes,
})

/** Without an archive. */
export const keepingNothing = (changes: Partial<DiscardOptions> = {}): DiscardOptions => {
  const { archive: _none, ...options } = someOptions(changes)
  return options
}
