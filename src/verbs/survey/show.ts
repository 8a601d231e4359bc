import type { Io, Presentation } from '../../io.js'
import { toJson } from '../../present/json.js'
import type { Surveyed } from '../system.js'

/** Prints surveys on standard output: text one after the other; JSON one object, or an array for several sources. */
export const showSurveys = (surveys: readonly Surveyed[], io: Io, present: Presentation): void => {
  const documents = surveys.map(({ document }) => document)
  io.out.write(present.format === 'json' ? toJson(documents.length === 1 ? documents[0] : documents) : allText(surveys))
}

/** The texts of several sources with an empty line between them. */
export const allText = (surveys: readonly Surveyed[]): string => surveys.map(survey => survey.text()).join('\n')
