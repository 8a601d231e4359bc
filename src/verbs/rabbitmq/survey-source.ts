import type { SurveyRequest } from '../../commands/requests.js'
import type { Place } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import { queueWaysOut } from '../../drain/queue/ways-out.js'
import { queueSurveyLine, queueSurveyText } from '../../report/queue-survey-text.js'
import { reachedBy } from '../run/command-again.js'
import type { SurveySource, Where } from '../system.js'
import { openRabbit } from './links.js'
import { measure } from './measure.js'

/** Connects to the server of a queue to be surveyed. Throws UserError. */
export async function openSource(place: Place, request: SurveyRequest, where: Where): Promise<SurveySource> {
  const links = await openRabbit(place, request, where)
  const { windowMs } = request
  const assumptions = defined({ serviceRate: request.serviceRate, downstreamCap: request.downstreamCap })
  return {
    async measure(signal, onProgress) {
      const backlog = await measure(links, place, { windowMs, signal, onProgress })
      const ways = queueWaysOut(backlog, assumptions)
      const survey = { ...backlog, waysOut: ways.map(way => ({ ...way, command: reachedBy(way.command, request) })) }
      return { document: survey, text: () => queueSurveyText(survey), line: () => queueSurveyLine(survey) }
    },
    [Symbol.asyncDispose]: () => links[Symbol.asyncDispose](),
  }
}
