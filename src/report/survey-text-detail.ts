import { formatBytes, formatCount } from '../core/quantity.js'
import type { KeySkew, Survey } from '../core/survey.js'
import { formatTime, labelled } from './survey-text-layout.js'

const SHOWN = 8
const SETTINGS = [
  'cleanup.policy',
  'retention.ms',
  'retention.bytes',
  'max.message.bytes',
  'message.timestamp.type',
  'compression.type',
]

/** What else there is to know: members, other topics and groups, keys, sizes, settings, disks, offsets' expiry. */
export const detailText = (survey: Survey): string[] => [
  'DETAIL',
  ...membersText(survey),
  ...expiryText(survey),
  ...listed('stops too', survey.otherTopics, 'this group reads them as well'),
  ...listed('groups', survey.otherGroups, 'other groups with offsets on this topic'),
  ...(survey.skew === undefined ? [] : skewText(survey.skew)),
  labelled('topic', topicText(survey)),
  ...disksText(survey),
  ...listed('temporary', survey.temporaryTopics, 'temporary topics of this source that exist'),
  labelled(
    'cluster',
    `${survey.clusterName ?? survey.clusterId}, ${survey.brokers.length} broker${survey.brokers.length === 1 ? '' : 's'}, ${survey.brokerVersionHint}`,
  ),
]

const membersText = ({ group }: Survey): string[] => {
  const shown = group.members.slice(0, SHOWN).map(({ clientId, host }) => `${clientId} on ${host}`)
  const more = group.members.length - shown.length
  return shown.length === 0 ? [] : [labelled('members', shown.join(', ') + (more > 0 ? ` and ${more} more` : ''))]
}

const expiryText = ({ offsetsExpireAt, offsetsExpireEarliest, offsetsRetentionMinutes }: Survey): string[] => {
  if (offsetsExpireAt === undefined) return []
  const earliest = offsetsExpireEarliest === undefined ? '' : `not before ${formatTime(offsetsExpireEarliest)}, `
  const rule = `offsets.retention.minutes ${formatCount(offsetsRetentionMinutes ?? 0)}, counted from when the group became empty`
  return [
    labelled(
      'offsets',
      `${earliest}at the latest ${formatTime(offsetsExpireAt)} they expire (${rule}; already counting)`,
    ),
  ]
}

const listed = (label: string, names: readonly string[], what: string): string[] => {
  if (names.length === 0) return []
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return [labelled(label, `${names.slice(0, SHOWN).join(', ')}${more} (${what})`)]
}

const skewText = (skew: KeySkew): string[] => {
  const hottest = skew.hottest.slice(0, 3).map(key => `${short(key.key)} ${percent(key.share)} (partition ${key.lane})`)
  const codecs = Object.entries(skew.codecs).map(([codec, count]) => `${codec} ${formatCount(count)}`)
  return [
    labelled(
      'keys',
      `${hottest.length === 0 ? 'none seen twice' : `hottest ${hottest.join(', ')}`}; ${percent(skew.nullKeys / skew.sampled)} without a key; sample of ${formatCount(skew.sampled)}`,
    ),
    labelled(
      'records',
      `${formatBytes(skew.rawBytes)} on average, ${formatBytes(skew.storedBytes)} as stored, largest ${formatBytes(skew.largest ?? 0)}; ${skew.recordsPerBatch.toFixed(1)} a batch; batches by codec: ${codecs.join(', ')}`,
    ),
  ]
}

const short = (key: string): string => (key.length > 40 ? `${key.slice(0, 39)}…` : key)

const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`

const topicText = ({ topic }: Survey): string => {
  const settings = SETTINGS.flatMap(name =>
    topic.settings[name] === undefined ? [] : [`${name}=${topic.settings[name]}`],
  )
  return [
    `${topic.partitions} partitions, replication ${topic.replication}, min.insync.replicas ${topic.minInsync}`,
    ...settings,
  ].join('; ')
}

const disksText = ({ disks }: Survey): string[] => {
  if (disks.length === 0) return []
  const each = disks.map(({ node, freeBytes, totalBytes, usedByTopic }) => {
    const free =
      freeBytes === undefined ? 'free unknown' : `${formatBytes(freeBytes)} free of ${formatBytes(totalBytes ?? 0n)}`
    return `broker ${node}: ${free}, topic ${formatBytes(usedByTopic)}`
  })
  return [labelled('disks', each.join('; '))]
}
