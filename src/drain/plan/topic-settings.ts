import type { Backlog } from '../../core/survey.js'
import type { DrainOptions } from './options.js'
import type { Target } from './target.js'

const UNLIMITED = '9223372036854775807'
const DEFAULT_MESSAGE_BYTES = 1_048_588
const SPACIOUS_MESSAGE_BYTES = 16 * 1024 * 1024
// A request may not pass socket.request.max.bytes, 100 MiB by default; the rest of the request needs some of it.
const LARGEST_MESSAGE_BYTES = 95 * 1024 * 1024

/**
 * Settings that the temporary topic is created with: nothing in it may expire, be compacted, restamped or be refused for
 * its size or its time. `segment.bytes`, tiering and all else stay the cluster's. Source of the names: Kafka's topic configs.
 */
export const topicSettings = (survey: Backlog, options: DrainOptions, target: Target): Record<string, string> => ({
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'compression.type': 'producer',
  'message.timestamp.type': 'CreateTime',
  'max.message.bytes': String(messageBytes(survey, options)),
  'min.insync.replicas': String(Math.min(survey.topic.minInsync, replication(survey, target))),
  'unclean.leader.election.enable': 'false',
  ...timestampLimits(target.cluster.topicSettingNames ?? Object.keys(survey.topic.settings)),
})

/** The source's replication, but never more than the target has brokers. */
export const replication = ({ topic }: Backlog, { cluster }: Target): number =>
  Math.max(1, Math.min(topic.replication, cluster.brokers.length))

/**
 * Not below the source's, and with room: a batch is rebuilt, so a record that shared a compressed batch may be alone in
 * one, or uncompressed, and larger than the source ever had to take. Only our own batches are held to this limit.
 */
const messageBytes = ({ topic, skew }: Backlog, options: DrainOptions): number => {
  const source = Math.max(DEFAULT_MESSAGE_BYTES, Number(topic.settings['max.message.bytes'] ?? 0))
  const codecs = skew && Object.keys(skew.codecs)
  const plain = options.compress === undefined && codecs?.length === 1 && codecs[0] === 'none'
  if (plain) return source
  return Math.max(source, Math.min(LARGEST_MESSAGE_BYTES, Math.max(SPACIOUS_MESSAGE_BYTES, source * 10)))
}

// before/after.max.ms since Kafka 3.6 (KIP-937); difference.max.ms until 3.9.
const timestampLimits = (names: readonly string[]): Record<string, string> => {
  const wide = ['message.timestamp.before.max.ms', 'message.timestamp.after.max.ms'].filter(name =>
    names.includes(name),
  )
  const known = wide.length > 0 ? wide : ['message.timestamp.difference.max.ms'].filter(name => names.includes(name))
  return Object.fromEntries(known.map(name => [name, UNLIMITED]))
}
