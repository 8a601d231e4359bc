import type { Survey } from '../core/survey.js'
import { answer } from './survey-text-answer.js'
import { detailText } from './survey-text-detail.js'
import { lanesText } from './survey-text-lanes.js'
import { beside, formatTime } from './survey-text-layout.js'
import { waysText } from './survey-text-ways.js'

/** A survey for a tired reader: the answer first, then warnings, ways out, partitions, detail. 80 columns, ends in a newline. */
export const surveyText = (survey: Survey): string =>
  [
    `SURVEY ${survey.source}  ${formatTime(survey.measuredAt)}`,
    ...answer(survey),
    '',
    ...survey.warnings.map(warning => beside('! ', warning)),
    ...(survey.warnings.length > 0 ? [''] : []),
    ...waysText(survey.waysOut),
    '',
    ...lanesText(survey.lanes),
    '',
    ...detailText(survey),
    '',
  ].join('\n')
