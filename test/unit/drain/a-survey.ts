import type { LaneView, Survey } from '../../../src/core/survey.js'
import type { DrainOptions } from '../../../src/drain/plan/options.js'

/** Noon of the day that all tests play on. */
export const NOON = new Date('2026-11-21T12:00:00.000Z')

/** The least that a plan needs to be asked for; ten lanes a partition. */
export const someOptions = (given: Partial<DrainOptions> = {}): DrainOptions => ({
  run: '20261121-1200-k3f9',
  now: NOON,
  ...given,
})

/** One lane: 1,000 unread messages unless told otherwise, of a log of 1 KiB records. */
export const aLane = (lane: number, given: Partial<LaneView> = {}): LaneView => {
  const committed = given.committed ?? '500'
  const end = given.end ?? '1500'
  const lag = BigInt(end) - BigInt(committed)
  return {
    lane: String(lane),
    leader: 1,
    leaderEpoch: 0,
    start: '0',
    committed,
    end,
    stableEnd: end,
    lag: lag > 0n ? lag : 0n,
    lagIsUpperBound: false,
    logBytes: BigInt(end) * 1024n,
    growth: 0,
    service: 0,
    lostAlready: 0n,
    ...given,
  }
}

/** A lane on which the group never committed. */
export const aLaneWithoutCommit = (lane: number, given: Partial<LaneView> = {}): LaneView => {
  const { committed: _, ...rest } = aLane(lane, given)
  return rest
}

type Given = Partial<Omit<Survey, 'topic' | 'group' | 'total'>> & {
  readonly topic?: Partial<Survey['topic']>
  readonly group?: Partial<Survey['group']>
  readonly total?: Partial<Survey['total']>
}

/** A healthy backlog: topic `orders` of 3 partitions on one broker, 3,000 messages unread, the group stopped and idle. */
export const aSurvey = (given: Given = {}): Survey => {
  const lanes = given.lanes ?? [aLane(0), aLane(1), aLane(2)]
  const brokers = given.brokers ?? [{ node: 1, host: 'one', port: 9092 }]
  return {
    version: 1,
    source: 'kafka://one:9092/orders?group=billing',
    measuredAt: NOON.toISOString(),
    windowSeconds: 10,
    clusterId: 'cluster-a',
    production: false,
    brokerVersionHint: '4.1',
    movesWithoutMembers: [],
    otherTopics: [],
    otherGroups: [],
    disks: brokers.map(({ node }) => ({
      node,
      freeBytes: 100n * 1024n ** 3n,
      totalBytes: 200n * 1024n ** 3n,
      usedByTopic: 0n,
    })),
    hanging: [],
    temporaryTopics: [],
    partitionsByBroker: Object.fromEntries(brokers.map(({ node }) => [String(node), 60])),
    clusterSettings: { 'transaction.state.log.replication.factor': '1', 'transaction.state.log.min.isr': '1' },
    waysOut: [],
    warnings: [],
    ...given,
    brokers,
    lanes,
    topic: { ...orders(lanes.length), ...given.topic },
    group: { ...billing, ...given.group },
    total: { ...totalOf(lanes), ...given.total },
  }
}

const orders = (partitions: number): Survey['topic'] => ({
  name: 'orders',
  id: 'topic-id-1',
  partitions,
  replication: 1,
  minInsync: 1,
  settings: {
    'cleanup.policy': 'delete',
    'retention.ms': '604800000',
    'retention.bytes': '-1',
    'segment.bytes': '1073741824',
    'max.message.bytes': '1048588',
    'message.timestamp.type': 'CreateTime',
    'message.timestamp.before.max.ms': '9223372036854775807',
    'message.timestamp.after.max.ms': '3600000',
    'min.insync.replicas': '1',
  },
  underReplicated: [],
  offline: [],
})

const billing: Survey['group'] = {
  id: 'billing',
  exists: true,
  protocol: 'classic',
  state: 'Empty',
  protocolType: 'consumer',
  members: [],
  verdict: 'idle',
  coordinator: 1,
}

const totalOf = (lanes: readonly LaneView[]): Survey['total'] => ({
  lag: lanes.reduce((sum, { lag }) => sum + lag, 0n),
  lagIsUpperBound: lanes.some(lane => lane.lagIsUpperBound),
  growth: lanes.reduce((sum, { growth }) => sum + growth, 0),
  service: lanes.reduce((sum, { service }) => sum + service, 0),
  lostAlready: lanes.reduce((sum, { lostAlready }) => sum + lostAlready, 0n),
})

/** A sample of 1,000 records in lz4 batches, half their size uncompressed saved, without a hot key. */
export const aSkew = (given: Partial<NonNullable<Survey['skew']>> = {}): NonNullable<Survey['skew']> => ({
  sampled: 1000,
  nullKeys: 0,
  hottest: [{ key: 'customer-7', share: 0.01, lane: '0' }],
  storedBytes: 512,
  rawBytes: 1024,
  codecs: { lz4: 70 },
  recordsPerBatch: 15,
  oversize: 0,
  transactional: false,
  logAppendTime: false,
  ...given,
})
