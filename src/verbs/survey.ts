import type { SurveyRequest } from '../commands/requests.js'
import { EXIT } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { remindOfOffsets } from './runs/unrestored.js'
import { measureAll, openSources } from './survey/measure-all.js'
import { progressLine } from './survey/progress-line.js'
import { showSurveys } from './survey/show.js'
import { watch } from './survey/watch.js'

/**
 * Surveys each source over one window, or again and again with `--watch`. Sets `io.exitCode`. Throws UserError for what
 * is not there or not allowed, BrokerError, and the signal's reason when it was stopped before the first measurement.
 */
export async function survey(request: SurveyRequest, io: Io, present: Presentation): Promise<void> {
  await remindOfOffsets(io, present)
  await using sources = await openSources(request, io, present)
  if (request.watch) await watch(sources, io, present)
  else {
    const progress = progressLine(io, present)
    const surveys = await measureAll(sources, io.soft, progress.show).finally(progress.clear)
    showSurveys(surveys, io, present)
  }
  io.exitCode = EXIT.complete
}
