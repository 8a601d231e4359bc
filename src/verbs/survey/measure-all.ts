import type { SurveyRequest } from '../../commands/requests.js'
import { SpillwayError, UserError } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import { resolvePlace } from '../../settings.js'
import { type Surveyed, type SurveySource, systemOf } from '../system.js'

/** Connected sources, in the order given. */
export type Sources = AsyncDisposable & { readonly each: readonly SurveySource[] }

/** Connects to the cluster of each source. Throws UserError naming every one that failed; leaves no connection then. */
export const openSources = async (request: SurveyRequest, io: Io, present: Presentation): Promise<Sources> => {
  const opened = await Promise.allSettled(
    request.sources.map(async given => {
      const place = await resolvePlace(given, { io, config: request.config }, { source: true })
      return (await systemOf(place.address.kind)).openSource(place, request, { io, present })
    }),
  )
  const each = opened.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  const close = async () => {
    await Promise.all(each.map(source => source[Symbol.asyncDispose]()))
  }
  if (each.length < opened.length) await close()
  throwFailures(opened)
  return { each, [Symbol.asyncDispose]: close }
}

/** Measures all sources side by side. Throws as `SurveySource.measure` does. */
export const measureAll = async (
  { each }: Sources,
  signal: AbortSignal,
  onProgress: (elapsed: number) => void,
): Promise<Surveyed[]> => {
  const measured = await Promise.allSettled(each.map(source => source.measure(signal, onProgress)))
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
