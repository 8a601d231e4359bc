import type { Backlog, GroupView, KeySkew, LaneView } from '../../../src/core/survey.js'

export const live = { service: 3000, growth: 2000, lag: 10_000_000n, verdict: 'live' as GroupView['verdict'] }

const lane = (partition: number, shape: typeof live): LaneView => ({
  lane: String(partition),
  leader: 1,
  leaderEpoch: 0,
  start: '0',
  committed: '0',
  end: String(shape.lag / 4n),
  stableEnd: String(shape.lag / 4n),
  lag: shape.lag / 4n,
  lagIsUpperBound: false,
  growth: shape.growth / 4,
  service: shape.service / 4,
  lostAlready: 0n,
})

/** A survey of four lanes with the numbers that a test is about. */
export const backlog = (shape: typeof live & { firstLossSeconds?: number } = live): Backlog => ({
  version: 1,
  source: 'kafka://b:9092/orders?group=g',
  measuredAt: '2026-03-01T02:00:00.000Z',
  windowSeconds: 10,
  clusterId: 'c',
  production: false,
  brokers: [{ node: 1, host: 'b', port: 9092 }],
  brokerVersionHint: '4.x',
  topic: {
    name: 'orders',
    id: 'id',
    partitions: 4,
    replication: 3,
    minInsync: 2,
    settings: {},
    underReplicated: [],
    offline: [],
  },
  group: {
    id: 'g',
    exists: true,
    protocol: 'classic',
    state: shape.verdict === 'live' ? 'Stable' : 'Empty',
    protocolType: 'consumer',
    members: shape.verdict === 'live' ? [{ id: 'm1', clientId: 'app', host: '/10.0.0.1' }] : [],
    verdict: shape.verdict,
    coordinator: 1,
  },
  lanes: [0, 1, 2, 3].map(p => lane(p, shape)),
  total: {
    lag: shape.lag,
    lagIsUpperBound: false,
    growth: shape.growth,
    service: shape.service,
    lostAlready: 0n,
    ...(shape.firstLossSeconds !== undefined && { firstLossSeconds: shape.firstLossSeconds }),
  },
  movesWithoutMembers: [],
  otherTopics: [],
  otherGroups: [],
  disks: [],
  hanging: [],
  temporaryTopics: [],
  partitionsByBroker: {},
  clusterSettings: {},
  warnings: [],
})

/** A sample whose hottest key holds `share` of the backlog. */
export const skewed = (share: number): KeySkew => ({
  sampled: 20_000,
  nullKeys: 0,
  hottest: [{ key: 'k1', share, lane: '0', messages: share * 10_000_000 }],
  storedBytes: 300,
  rawBytes: 1000,
  codecs: { lz4: 100 },
  recordsPerBatch: 15,
  oversize: 0,
  transactional: false,
  logAppendTime: false,
})
