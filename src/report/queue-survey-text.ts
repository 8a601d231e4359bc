import { formatCount, formatDuration, formatRate } from '../core/quantity.js'
import type { QueueSurvey } from '../core/queue-survey.js'
import { queueAnswer } from './queue-survey-text-answer.js'
import { queueDetail } from './queue-survey-text-detail.js'
import { beside, formatTime } from './survey-text-layout.js'
import { waysText } from './survey-text-ways.js'

/** The survey of a queue for a tired reader: the answer first, then warnings, ways out, detail. 80 columns, ends in a newline. */
export const queueSurveyText = (survey: QueueSurvey): string =>
  [
    `SURVEY ${survey.source}  ${formatTime(survey.measuredAt)}`,
    ...queueAnswer(survey),
    '',
    ...survey.warnings.map(warning => beside('! ', warning)),
    ...(survey.warnings.length > 0 ? [''] : []),
    ...waysText(survey.waysOut),
    '',
    ...queueDetail(survey),
    '',
  ].join('\n')

/** The same in one line, for a watch whose output goes to a file or another program. */
export const queueSurveyLine = ({ measuredAt, queue, total, consumerCount, lock }: QueueSurvey): string => {
  const facts = [
    `${formatCount(total.ready)} ready`,
    ...(total.unacked === undefined ? [] : [`${formatCount(total.unacked)} unacked`]),
    ...(total.rates === 'measured'
      ? [`grows ${formatRate(total.growth)}`, `read ${formatRate(total.service)}`]
      : [`net ${formatRate(total.net)}`]),
    ...(total.oldestAgeSeconds === undefined ? [] : [`oldest ${formatDuration(total.oldestAgeSeconds)}`]),
    ...(total.firstExpiry === undefined ? [] : [`first loss in ${formatDuration(total.firstExpiry.low)}`]),
    `${formatCount(consumerCount)} consumers`,
    ...(lock === undefined ? [] : ['locked by a run']),
  ]
  return `${formatTime(measuredAt)}  ${queue.name}: ${facts.join(', ')}\n`
}
