import { meaning } from '../../../core/did-you-mean.js'
import { formatCount } from '../../../core/quantity.js'
import type { Backlog, LaneView } from '../../../core/survey.js'

/** A survey before its warnings. */
export type Unwarned = Omit<Backlog, 'warnings'>

/** What a reader must know before acting, one sentence each, the worst first. */
export const warningsOf = (survey: Unwarned): string[] => [
  ...losses(survey),
  ...strangers(survey),
  ...offsets(survey),
  ...log(survey),
  ...oddRecords(survey),
]

const names = (lanes: readonly LaneView[]): string => {
  const shown = lanes.slice(0, 10).map(lane => lane.lane)
  return `partition${lanes.length === 1 ? '' : 's'} ${shown.join(', ')}${lanes.length > 10 ? ` and ${lanes.length - 10} more` : ''}`
}

const about = (lanes: readonly LaneView[], say: (where: string) => string): string[] =>
  lanes.length === 0 ? [] : [say(names(lanes))]

const losses = ({ lanes, total }: Unwarned): string[] => [
  ...about(
    lanes.filter(lane => lane.lostAlready > 0n),
    where =>
      `${formatCount(total.lostAlready)} messages were deleted before the group read them (${where}: log start beyond the commit)`,
  ),
  ...about(
    lanes.filter(lane => lane.beyondEnd !== undefined),
    where =>
      `The committed offset lies beyond the end of the log on ${where}: the topic was re-created or truncated, lag there is unknown`,
  ),
]

const strangers = ({ group, movesWithoutMembers, claim, temporaryTopics, source }: Unwarned): string[] => [
  ...(claim === undefined
    ? []
    : [
        `Run ${claim.run} on ${claim.host} claims this group and drains it into ${claim.topic}: only \`spillway resume ${claim.run}\` or \`spillway resume --adopt '${source}'\` may carry on`,
      ]),
  ...(claim === undefined && temporaryTopics.length > 0
    ? [`A temporary topic of an earlier run is still there: ${temporaryTopics.join(', ')}`]
    : []),
  ...(movesWithoutMembers.length > 0
    ? [
        `Offsets moved without members on partition${movesWithoutMembers.length === 1 ? '' : 's'} ${movesWithoutMembers.slice(0, 10).join(', ')}: somebody commits (assign(), Flink, Spark, a run of Spillway)`,
      ]
    : []),
  ...(group.exists && group.verdict === 'idle' && group.protocolType === ''
    ? [
        'The group has no protocol type: its consumers assign partitions themselves and never show as members; being stopped cannot be proved',
      ]
    : []),
]

const offsets = (survey: Unwarned): string[] => {
  const { group, lanes, otherGroups, offsetsExpireEarliest, measuredAt, offsetsRetentionMinutes = 0 } = survey
  const without = lanes.filter(lane => lane.committed === undefined)
  const warned = Date.parse(measuredAt) + offsetsRetentionMinutes * 60_000 * 0.2
  return [
    ...(group.exists
      ? []
      : [
          `Group ${group.id} is not known to the cluster: check its name. ${meaning(group.id, otherGroups)}Lag is counted from the log start`,
        ]),
    ...(without.length > 0
      ? [
          `No committed offset on ${without.length} partition${without.length === 1 ? '' : 's'}: nothing marks where the group stopped, lag there is counted from the log start (${names(without)})`,
        ]
      : []),
    ...(offsetsExpireEarliest !== undefined && Date.parse(offsetsExpireEarliest) < warned
      ? [`The group's offsets may expire from ${offsetsExpireEarliest} on, and with them the place where it stopped`]
      : []),
  ]
}

const log = ({ topic, lanes, hanging, groupsNotAsked }: Unwarned): string[] => [
  ...hanging.map(
    ({ lane, producerId, transactionalId, startedAt }) =>
      `Hanging transaction on partition ${lane}: producer ${producerId}${transactionalId === undefined ? '' : ` (transactional.id ${transactionalId})`}${startedAt === undefined ? '' : `, open since ${startedAt}`}; read_committed readers stop at offset ${lanes.find(each => each.lane === lane)?.stableEnd ?? '?'}`,
  ),
  ...(topic.offline.length > 0 ? [`No leader for partitions ${topic.offline.join(', ')}: they can't be read now`] : []),
  ...(topic.underReplicated.length > 0 ? [`Under-replicated partitions: ${topic.underReplicated.join(', ')}`] : []),
  ...((topic.settings['cleanup.policy'] ?? '').includes('compact')
    ? ['The topic is compacted: unread records that a newer one of the same key replaced may be gone']
    : []),
  ...(groupsNotAsked === undefined
    ? []
    : [`${formatCount(groupsNotAsked)} groups of the cluster were not asked whether they read this topic`]),
]

const oddRecords = ({ skew, topic }: Unwarned): string[] => {
  if (skew === undefined) return []
  const of = `of ${formatCount(skew.sampled)} sampled records`
  return [
    ...((skew.withoutTimestamp ?? 0) > 0
      ? [`${skew.withoutTimestamp} ${of} have no timestamp (-1): retention counts them by their segment's file time`]
      : []),
    ...((skew.inTheFuture ?? 0) > 0
      ? [`${skew.inTheFuture} ${of} are dated in the future: their segments outlive retention.ms`]
      : []),
    ...(skew.logAppendTime ? ['The broker stamps the records (LogAppendTime): ages are since arrival'] : []),
    ...(skew.oversize > 0
      ? [
          `${skew.oversize} ${of} exceed max.message.bytes (${topic.settings['max.message.bytes'] ?? '?'}) once uncompressed: copying them needs their codec kept`,
        ]
      : []),
    ...(skew.notSampled ?? []).slice(0, 5).map(what => `Not sampled: ${what}`),
  ]
}
