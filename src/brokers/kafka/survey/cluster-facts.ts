import type { BrokerDisk } from '../../../core/survey.js'
import type { BrokerLogDirs } from '../admin/log-dirs.js'
import type { TopicList } from '../admin/topics.js'
import type { Link } from '../link.js'

/** Topic settings that matter to a drain. */
export const TOPIC_SETTINGS = [
  'cleanup.policy',
  'retention.ms',
  'retention.bytes',
  'max.message.bytes',
  'message.timestamp.type',
  'compression.type',
  'min.insync.replicas',
  'segment.bytes',
  'segment.ms',
  'message.timestamp.before.max.ms',
  'message.timestamp.after.max.ms',
  'message.timestamp.difference.max.ms',
  'unclean.leader.election.enable',
  'remote.storage.enable',
  'local.retention.ms',
  'local.retention.bytes',
]

/** Broker settings that bound a drain. */
export const CLUSTER_SETTINGS = [
  'auto.create.topics.enable',
  'default.replication.factor',
  'delete.topic.enable',
  'log.retention.check.interval.ms',
  'message.max.bytes',
  'min.insync.replicas',
  'offset.metadata.max.bytes',
  'offsets.retention.minutes',
  'replica.fetch.max.bytes',
  'transaction.max.timeout.ms',
  'transaction.state.log.min.isr',
  'transaction.state.log.replication.factor',
]

/** Keeps the named settings, in the order of the names. */
export const pick = (settings: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap(name => (settings[name] === undefined ? [] : [[name, settings[name]]])))

/** One line a broker. Sizes of its file systems are added up; they are unknown below Kafka 3.3. */
export const disksOf = (brokers: readonly BrokerLogDirs[]): BrokerDisk[] =>
  brokers.map(({ node, dirs, topicBytes }) => {
    const online = dirs.filter(dir => dir.error === 0)
    return {
      node,
      ...added(
        'freeBytes',
        online.map(dir => dir.freeBytes),
      ),
      ...added(
        'totalBytes',
        online.map(dir => dir.totalBytes),
      ),
      usedByTopic: [...topicBytes.values()].reduce((sum, bytes) => sum + bytes, 0n),
    }
  })

const added = (name: 'freeBytes' | 'totalBytes', sizes: readonly (bigint | undefined)[]): Partial<BrokerDisk> => {
  const known = sizes.filter(size => size !== undefined)
  if (known.length === 0 || known.length < sizes.length) return {}
  return { [name]: known.reduce((sum, size) => sum + size, 0n) }
}

/** Replicas held by each broker, all topics counted. */
export const replicasByBroker = ({ byBroker }: TopicList): Record<string, number> =>
  Object.fromEntries([...byBroker].map(([node, { replicas }]) => [String(node), replicas]))

/** Api and version that a release brought, newest first: protocol guide, https://kafka.apache.org/protocol. */
const RELEASES = [
  ['4.1', 0, 13],
  ['4.0', 15, 6],
  ['3.8', 16, 5],
  ['3.7', 69, 0],
  ['3.3', 35, 4],
  ['3.0', 66, 0],
  ['2.8', 3, 10],
] as const

/** The oldest Kafka that the brokers can be, as far as the versions of their requests tell. */
export const versionHint = (link: Pick<Link, 'supports'>): string =>
  `Kafka ${RELEASES.find(([, api, version]) => link.supports(api, version))?.[0] ?? '2.4'} or later`
