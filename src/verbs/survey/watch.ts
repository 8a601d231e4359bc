import { BrokerError } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import type { Surveyed } from '../system.js'
import { measureAll, type Sources } from './measure-all.js'
import { allText, showSurveys } from './show.js'

const HOME = '\u001b[H'
const CLEAR_SCREEN = '\u001b[2J'
const CLEAR_REST_OF_LINE = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/**
 * Measures window after window until it is stopped: redraws in place on a terminal, elsewhere prints a line (or a JSON
 * document) for each, or until nobody reads its output. A broker that goes away for a moment is told on standard error. Throws when it was stopped, or
 * failed, before the first measurement.
 */
export const watch = async (sources: Sources, io: Io, present: Presentation): Promise<void> => {
  const stop = AbortSignal.any([io.soft, ...(io.outClosed === undefined ? [] : [io.outClosed])])
  for (let measured = 0; !(measured > 0 && stop.aborted); ) {
    try {
      show(await measureAll(sources, stop, () => undefined), { io, present, first: measured === 0 })
      measured += 1
    } catch (error) {
      if (measured === 0) throw error
      if (stop.aborted) return
      if (!(error instanceof BrokerError && error.retry)) throw error
      io.err.write(`survey: ${error.message}\n`)
    }
  }
}

type Showing = { readonly io: Io; readonly present: Presentation; readonly first: boolean }

const show = (surveys: readonly Surveyed[], { io, present, first }: Showing): void => {
  const terminal = 'isTTY' in io.out && io.out.isTTY === true && io.env.TERM !== 'dumb'
  if (present.format === 'json') showSurveys(surveys, io, present)
  else if (terminal) io.out.write(`${first ? CLEAR_SCREEN : ''}${HOME}${redrawn(allText(surveys))}${CLEAR_BELOW}`)
  else io.out.write(surveys.map(survey => survey.line()).join(''))
}

const redrawn = (text: string): string => text.replaceAll('\n', `${CLEAR_REST_OF_LINE}\n`)
