import { defined } from '../../../core/defined.js'
import type { Backlog, GroupView, LaneView, TopicView } from '../../../core/survey.js'
import type { Link } from '../link.js'
import { claimOf } from './claims.js'
import { CLUSTER_SETTINGS, disksOf, pick, replicasByBroker, TOPIC_SETTINGS, versionHint } from './cluster-facts.js'
import { offsetsExpiry } from './expiry.js'
import type { Gathered } from './gather.js'
import { hangingOf } from './hanging.js'
import { laneView, unreadBytes } from './lane-view.js'
import { retentionOf } from './loss.js'
import type { MeasureRequest } from './measure.js'
import { moved } from './rates.js'
import { foldSkew } from './skew.js'
import { totalOf } from './totals.js'
import { warningsOf } from './warnings.js'

/** Folds what was gathered into a survey without its ways out. */
export const compose = (link: Link, request: MeasureRequest & { source: string }, facts: Gathered): Backlog => {
  const lanes = lanesOf(facts)
  const { readings } = facts
  const skew = foldSkew(facts.sampled.samples, facts.sampled.notSampled)
  const moves = facts.group.members.length === 0 ? moved(readings).map(String) : []
  const group = moves.length > 0 ? { ...facts.group, verdict: 'unsure' as const } : facts.group
  const survey = {
    version: 1 as const,
    source: request.source,
    measuredAt: new Date(facts.measuredAt).toISOString(),
    windowSeconds: request.windowMs / 1000,
    clusterId: link.clusterId,
    production: link.settings.production ?? false,
    brokers: link.nodes(),
    brokerVersionHint: versionHint(link),
    topic: topicView(facts),
    group,
    lanes,
    total: totalOf(lanes, { readings, ...defined({ bytes: bytesUnread(facts) }) }),
    movesWithoutMembers: moves,
    ...expiryOf(facts, { group, lanes }),
    otherTopics: otherTopics(facts),
    otherGroups: facts.otherGroups.groups,
    disks: disksOf(facts.logDirs),
    hanging: hangingOf(facts.openBefore, facts.openAfter),
    temporaryTopics: temporaryTopics(facts),
    partitionsByBroker: replicasByBroker(facts.topics),
    clusterSettings: pick(facts.clusterSettings, CLUSTER_SETTINGS),
    ...defined({ clusterName: link.settings.name, skew, claim: claimIn(lanes) }),
    ...(facts.otherGroups.notAsked > 0 && { groupsNotAsked: facts.otherGroups.notAsked }),
  }
  return { ...survey, warnings: [...warningsOf(survey), ...facts.notes] }
}

const claimIn = (lanes: readonly LaneView[]) =>
  claimOf(lanes.map(({ lane, committedMetadata }) => ({ lane, metadata: committedMetadata ?? '' })))

const lanesOf = (facts: Gathered): LaneView[] => {
  const { readings, topicSettings } = facts
  const retention = retentionOf(topicSettings)
  const compacted = (topicSettings['cleanup.policy'] ?? '').includes('compact')
  const stored = foldSkew(facts.sampled.samples)?.storedBytes ?? 0
  return facts.topic.partitions.flatMap(({ partition, leader, leaderEpoch }) => {
    const last = readings.at(-1)?.lanes.get(partition)
    if (last === undefined) return []
    const sample = facts.sampled.samples.find(each => each.lane === String(partition))
    const own = { partition, leader, leaderEpoch, readings, last, stored, retention, compacted, now: facts.measuredAt }
    return [
      laneView({
        ...own,
        ...defined({ sample, head: facts.heads.get(partition), logBytes: logBytesOf(facts, partition) }),
      }),
    ]
  })
}

const logBytesOf = ({ topic, logDirs }: Gathered, partition: number): bigint | undefined => {
  const leader = topic.partitions.find(each => each.partition === partition)?.leader
  return logDirs.find(({ node }) => node === leader)?.topicBytes.get(partition)
}

const bytesUnread = (facts: Gathered): number | undefined => {
  const last = facts.readings.at(-1)?.lanes ?? new Map<number, never>()
  const sizes = [...last].map(([partition, lane]) =>
    unreadBytes({ last: lane, ...defined({ logBytes: logBytesOf(facts, partition) }) }),
  )
  return sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0)
}

const otherTopics = ({ topic, group, otherTopics: committed }: Gathered): string[] => {
  const read = group.members.flatMap(member => member.topics ?? [])
  return [...new Set([...committed, ...read])].filter(name => name !== topic.name).sort()
}

const temporaryTopics = ({ topics, topic }: Gathered): string[] =>
  topics.topics.map(each => each.name).filter(name => name.startsWith(`${topic.name}.spill.`))

const topicView = ({ topic, topicSettings }: Gathered): TopicView => {
  const replicas = topic.partitions.map(partition => partition.replicas.length)
  const where = (test: (partition: (typeof topic.partitions)[number]) => boolean) =>
    topic.partitions.filter(test).map(({ partition }) => String(partition))
  return {
    name: topic.name,
    id: topic.id,
    partitions: topic.partitions.length,
    replication: Math.max(0, ...replicas),
    minInsync: Number(topicSettings['min.insync.replicas'] ?? 1),
    settings: pick(topicSettings, TOPIC_SETTINGS),
    underReplicated: where(({ isr, replicas }) => isr.length < replicas.length),
    offline: where(({ leader }) => leader < 0),
  }
}

const expiryOf = (facts: Gathered, { group, lanes }: { group: GroupView; lanes: readonly LaneView[] }) => {
  const minutes = facts.clusterSettings['offsets.retention.minutes']
  if (minutes === undefined) return {}
  const retentionMinutes = Number(minutes)
  const lastRead = lanes.flatMap(lane => (lane.lastReadAt === undefined ? [] : [Date.parse(lane.lastReadAt)]))
  const committed = lanes.some(lane => lane.committed !== undefined)
  const { latest, earliest } = committed
    ? offsetsExpiry(group, { now: facts.measuredAt, retentionMinutes, lastRead })
    : {}
  return {
    offsetsRetentionMinutes: retentionMinutes,
    ...defined({ offsetsExpireAt: latest, offsetsExpireEarliest: earliest }),
  }
}
