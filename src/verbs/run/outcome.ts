import { byKind } from '../../core/by-kind.js'
import type { Ending } from '../../core/event.js'
import type { RunSoFar } from '../../core/fold.js'
import type { RunPlan } from '../../core/plan.js'
import { toEnvelope } from '../../core/to-envelope.js'
import { RunError } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import { errorText } from '../../present/error.js'
import { toPrettyJson } from '../../present/json.js'
import type { Reaching } from './command-again.js'
import { discardWords } from './discard-words.js'
import { drainWords } from './drain-words.js'
import { fanoutWords } from './fanout-words.js'
import { originalsInWords } from './originals.js'
import { parkedWords } from './parked-words.js'
import type { Recorder } from './recorder.js'
import { replayWords } from './replay-words.js'
import { sheetOf } from './sheet.js'

type Outcome = {
  readonly plan: RunPlan
  readonly recorder: Recorder
  readonly given: Reaching
  readonly io: Io
  readonly present: Presentation
}

/** Prints how a run ended: its envelope, or the balance sheet with what to do next. */
export async function printOutcome(
  { plan, recorder, given, io, present }: Outcome,
  told: { ending: Ending; journalled: boolean },
): Promise<void> {
  const state = told.journalled
    ? recorder.state
    : { ...recorder.state, ending: { ...told.ending, at: io.now().toISOString() } }
  const originals = originalsInWords(plan, state)
  const envelope = toEnvelope(plan, state, { alive: false, now: io.now(), originals })
  tellFailure(told.ending, { io, present })
  if (present.format === 'json') {
    io.out.write(toPrettyJson(envelope))
    return
  }
  const words = wordsOf({ plan, given }, told.ending, state)
  if (present.quiet && isDone(plan, told.ending, state)) return void io.out.write(`${words.headline}\n`)
  const sheet = sheetOf(plan, state)
  io.out.write(`${words.headline}\n\n${sheet}\nORIGINALS: ${originals}\n`)
  for (const warning of state.warnings) io.out.write(`warning: ${warning}\n`)
  io.out.write(`\n${parkedWords({ plan, given, io }, state.ledger.parked)}${words.next}\n`)
}

/** A nightly replay that went well is one line of a log. */
const isDone = (plan: RunPlan, ending: Ending, { ledger }: RunSoFar): boolean =>
  plan.kind === 'replay' && ending.kind === 'complete' && ledger.parked === 0n

/** Standard error tells of a failure, unless the headline is seen on the same terminal. */
function tellFailure(ending: Ending, { io, present }: Pick<Outcome, 'io' | 'present'>): void {
  const seen = present.format === 'text' && 'isTTY' in io.out && io.out.isTTY === true
  if (ending.kind !== 'failed' || seen) return
  const { code, message, hint } = ending
  io.err.write(errorText(new RunError(message, { code, hint }), io.secrets))
}

/** How a run of one kind tells of its end: one line, and what to do next. */
export type Words = { readonly headline: string; readonly next: string }

const wordsOf = ({ plan, given }: Pick<Outcome, 'plan' | 'given'>, ending: Ending, state: RunSoFar): Words =>
  byKind(plan, {
    drain: drain => drainWords({ plan: drain, given }, ending, state),
    fanout: fanout => fanoutWords({ plan: fanout, given }, ending),
    discard: discard => discardWords({ plan: discard, given }, ending, state),
    replay: replay => replayWords({ plan: replay, given }, ending, state),
  })
