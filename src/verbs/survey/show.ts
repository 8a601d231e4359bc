import type { Survey } from '../../core/survey.js'
import type { Io, Presentation } from '../../io.js'
import { toJson } from '../../present/json.js'
import { surveyText } from '../../report/survey-text.js'

/** Prints surveys on standard output: text one after the other; JSON one object, or an array for several sources. */
export const showSurveys = (surveys: readonly Survey[], io: Io, present: Presentation): void => {
  io.out.write(present.format === 'json' ? toJson(surveys.length === 1 ? surveys[0] : surveys) : allText(surveys))
}

/** The texts of several sources with an empty line between them. */
export const allText = (surveys: readonly Survey[]): string => surveys.map(surveyText).join('\n')
