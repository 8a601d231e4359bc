import { connect } from '../../brokers/kafka/link.js'
import { measureBacklog } from '../../brokers/kafka/survey/measure.js'
import type { SurveyRequest } from '../../commands/requests.js'
import { asKafka, formatAddress, type Place } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import { checkGroup } from '../../drain/plan/preconditions.js'
import { waysOut } from '../../drain/ways-out.js'
import { surveyText } from '../../report/survey-text.js'
import { surveyLine } from '../../report/survey-text-line.js'
import { kafkaSettings } from '../../settings.js'
import { reachedBy, withUser } from '../run/command-again.js'
import type { SurveySource, Where } from '../system.js'

/** Connects to the cluster of a topic to be surveyed. Throws UserError. */
export async function openSource(place: Place, request: SurveyRequest, { io, present }: Where): Promise<SurveySource> {
  const link = await connect(
    await kafkaSettings(place, { io, present, ...defined({ config: request.config }) }),
    io.soft,
  )
  const address = asKafka(place.address)
  const { topic = '', group = '' } = address
  const { windowMs, sample } = request
  const assumptions = defined({ serviceRate: request.serviceRate, downstreamCap: request.downstreamCap })
  const source = formatAddress(address)
  return {
    async measure(signal, onProgress) {
      const backlog = await measureBacklog(link, { topic, group, windowMs, sample, signal, source, onProgress })
      checkGroup(backlog)
      const ways = waysOut(backlog, assumptions)
      const again = (command: string) => reachedBy(withUser(command, place.credentials), request)
      const survey = { ...backlog, waysOut: ways.map(way => ({ ...way, command: again(way.command) })) }
      return { document: survey, text: () => surveyText(survey), line: () => surveyLine(survey) }
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  }
}
