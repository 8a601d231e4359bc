import { formatCount, formatDuration, formatRate } from '../core/quantity.js'
import type { Survey } from '../core/survey.js'
import { formatTime } from './survey-text-layout.js'

/** A survey in one line, for a watch whose output goes to a file or another program. */
export const surveyLine = ({ measuredAt, topic, group, total }: Survey): string => {
  const facts = [
    `${formatCount(total.lag)} unread${total.lagIsUpperBound ? ' at most' : ''}`,
    `grows ${formatRate(total.growth)}`,
    `read ${formatRate(total.service)}`,
    ...(total.oldestAgeSeconds === undefined ? [] : [`oldest ${formatDuration(total.oldestAgeSeconds)}`]),
    ...(total.firstLossSeconds === undefined ? [] : [`first loss in ${formatDuration(total.firstLossSeconds)}`]),
    ...(total.lostAlready > 0n ? [`${formatCount(total.lostAlready)} LOST`] : []),
    `group ${group.state}, ${group.members.length} members`,
  ]
  return `${formatTime(measuredAt)}  ${topic.name}/${group.id}: ${facts.join(', ')}\n`
}
