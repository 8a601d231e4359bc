import { connect, type Link } from '../../brokers/kafka/link.js'
import { measureBacklog } from '../../brokers/kafka/survey/measure.js'
import type { SurveyRequest } from '../../commands/requests.js'
import { asKafka, formatAddress, type KafkaAddress } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import type { Survey } from '../../core/survey.js'
import { waysOut } from '../../drain/ways-out.js'
import { SpillwayError, UserError } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import { kafkaSettings } from '../../settings.js'

/** Connected sources, in the order given. */
export type Sources = AsyncDisposable & {
  readonly each: readonly { readonly address: KafkaAddress; readonly link: Link }[]
}

/** What to survey, and over which connections. */
export type Surveying = { readonly request: SurveyRequest; readonly sources: Sources }

/** Connects to the cluster of each source. Throws UserError naming every one that failed; leaves no connection then. */
export const openSources = async (request: SurveyRequest, io: Io, present: Presentation): Promise<Sources> => {
  const context = { io, present, ...defined({ config: request.config }) }
  const opened = await Promise.allSettled(
    request.sources.map(async place => ({
      address: asKafka(place.address),
      link: await connect(await kafkaSettings(place, context), io.soft),
    })),
  )
  const each = opened.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  const close = async () => {
    await Promise.all(each.map(({ link }) => link[Symbol.asyncDispose]()))
  }
  if (each.length < opened.length) await close()
  throwFailures(opened)
  return { each, [Symbol.asyncDispose]: close }
}

/** Measures all sources side by side and judges the ways out of each. Throws as `measureBacklog` does. */
export const measureAll = async (
  { request, sources }: Surveying,
  signal: AbortSignal,
  onProgress: (elapsed: number) => void,
): Promise<Survey[]> => {
  const { windowMs, sample } = request
  const assumptions = defined({ serviceRate: request.serviceRate, downstreamCap: request.downstreamCap })
  const measured = await Promise.allSettled(
    sources.each.map(async ({ address, link }) => {
      const { topic = '', group = '' } = address
      const source = formatAddress(address)
      const backlog = await measureBacklog(link, { topic, group, windowMs, sample, signal, source, onProgress })
      return { ...backlog, waysOut: waysOut(backlog, assumptions) }
    }),
  )
  throwFailures(measured)
  return measured.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
}

// One failure is itself; several are told together, because a tired person fixes them in one go.
const throwFailures = (results: readonly PromiseSettledResult<unknown>[]): void => {
  const failures: unknown[] = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
  const ours = failures.filter(failure => failure instanceof SpillwayError)
  if (failures.length === 0) return
  const [first] = failures
  if (failures.length === 1 || ours.length < failures.length || !(first instanceof UserError)) throw first
  throw new UserError(`${failures.length} sources can't be surveyed`, {
    code: first.code,
    hint: first.hint,
    details: ours.map(({ message, hint }) => ({ message: hint === '' ? message : `${message} (${hint})` })),
  })
}
