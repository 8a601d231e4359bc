import { runsOnCluster } from '../../core/command-words.js'
import { formatCount, formatDuration } from '../../core/quantity.js'
import type { Backlog } from '../../core/survey.js'
import type { Draft } from './draft.js'
import { costWarnings } from './warnings-of-cost.js'
import { dataWarnings } from './warnings-of-data.js'
import { endWarnings, turnWarnings } from './warnings-of-end.js'

/** What the operator should know before saying yes; the gravest first. None of them refuses the run. */
export const drainWarnings = (survey: Backlog, draft: Draft): readonly string[] => [
  ...lossWarnings(survey, draft),
  ...endWarnings(draft),
  ...turnWarnings(draft),
  ...costWarnings(survey, draft),
  ...dataWarnings(survey, draft),
  ...surroundings(survey, draft),
]

const lossWarnings = (survey: Backlog, draft: Draft): string[] => {
  const seconds = survey.total.firstLossSeconds
  const [, slow] = draft.expect.copySeconds
  return [
    ...draft.lanes.flatMap(({ lane, committed, from }) =>
      committed === undefined
        ? []
        : [
            `Partition ${lane}: ${formatCount(BigInt(from) - BigInt(committed))} messages (${committed} up to ${from}) were deleted unread; they are lost`,
          ],
    ),
    ...(seconds !== undefined && draft.expect.messages > 0n && seconds < slow * 2
      ? [
          `The source deletes the first unread message in about ${formatDuration(seconds)}, the copy may take ${formatDuration(slow)}: raise its retention before you begin`,
        ]
      : []),
    ...expiryWarning(survey, draft),
  ]
}

const expiryWarning = ({ group, offsetsRetentionMinutes, ...survey }: Backlog, draft: Draft): string[] => {
  const at = survey.offsetsExpireEarliest ?? survey.offsetsExpireAt
  if (at === undefined) return []
  const left = (Date.parse(at) - Date.parse(draft.plannedAt)) / 1000
  const soon = offsetsRetentionMinutes !== undefined && left < offsetsRetentionMinutes * 60 * 0.2
  const when = `${at.slice(0, 16)}Z (in ${formatDuration(left)})`
  return [
    `${soon ? 'SOON: t' : 'T'}he offsets of ${group.id} expire about ${when}; the commits of a run may not renew that, its journal keeps them`,
  ]
}

/** Whom and what else a run on this source touches, or meets. */
export const surroundings = ({ group, topic, ...survey }: Backlog, draft: Pick<Draft, 'targetTopic'>): string[] => [
  ...some(survey.otherTopics, names => `${group.id} reads ${names} too: stopping it stops them as well`),
  ...some(survey.otherGroups, names => `Other groups read ${topic.name} (${names}): they are not touched`),
  ...some(topic.underReplicated, lanes => `Under-replicated partitions: ${lanes}; a broker may be down`),
  ...some(
    survey.hanging.map(({ lane, producerId }) => `${lane} (producer id ${producerId})`),
    names =>
      `Hanging transactions on partitions ${names}: what lies behind them can't be read, and stays in the source`,
  ),
  ...some(
    survey.temporaryTopics.filter(name => name !== draft.targetTopic),
    names => `Temporary topics of earlier runs are still there: ${names}; see \`${runsOnCluster(survey.source)}\``,
  ),
  ...(group.protocol === 'streams'
    ? [
        `${group.id} is a Kafka Streams application: its state belongs to partitions, so other consumers must work the lanes`,
      ]
    : []),
  'What starts consumers by itself undoes the stop: KEDA scales on the lag, GitOps and supervisors restore the count; pause them first (an HPA rests at 0)',
]

const some = (names: readonly string[], words: (list: string) => string): string[] =>
  names.length === 0
    ? []
    : [words(names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', '))]
