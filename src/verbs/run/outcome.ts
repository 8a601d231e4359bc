import type { Ending } from '../../core/event.js'
import { type DrainPlan, isNothing } from '../../core/plan.js'
import { isQueuePlan, namesOf, undoCommand } from '../../core/plan-names.js'
import { toEnvelope } from '../../core/to-envelope.js'
import { RunError } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import { errorText } from '../../present/error.js'
import { toPrettyJson } from '../../present/json.js'
import { balanceSheet } from '../../report/balance-sheet.js'
import { type Reaching, reachedBy } from './command-again.js'
import { originalsInWords } from './originals.js'
import type { Recorder } from './recorder.js'

type Outcome = {
  readonly plan: DrainPlan
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
  io.out.write(
    `${headline(plan, told.ending)}\n\n${balanceSheet(state, { offsets: !isQueuePlan(plan) })}\nORIGINALS: ${originals}\n`,
  )
  for (const warning of state.warnings) io.out.write(`warning: ${warning}\n`)
  io.out.write(`\n${next({ plan, given }, told.ending, state.ledger.parked)}\n`)
}

/** Standard error tells of a failure, unless the headline is seen on the same terminal. */
function tellFailure(ending: Ending, { io, present }: Pick<Outcome, 'io' | 'present'>): void {
  const seen = present.format === 'text' && 'isTTY' in io.out && io.out.isTTY === true
  if (ending.kind !== 'failed' || seen) return
  const { code, message, hint } = ending
  io.err.write(errorText(new RunError(message, { code, hint }), io.secrets))
}

function headline(plan: DrainPlan, ending: Ending): string {
  const { source, target } = namesOf(plan)
  switch (ending.kind) {
    case 'complete':
      if (isNothing(plan)) return `COMPLETE: run ${plan.run} found nothing waiting in ${source}; nothing was made`
      return `COMPLETE: run ${plan.run} copied ${source} into ${target}`
    case 'stopped':
      return `STOPPED (${ending.by}): run ${plan.run}; nothing is lost, nothing is half done`
    case 'failed':
      return `FAILED: run ${plan.run}: ${ending.message}\n  ${ending.hint}`
    case 'undone':
      return `UNDONE: run ${plan.run}`
    default:
      return ending satisfies never
  }
}

type Run = Pick<Outcome, 'plan' | 'given'>

function next({ plan, given }: Run, ending: Ending, parked: bigint): string {
  const aborted = ending.kind === 'stopped' && ending.by === 'aborted' ? ' --after-abort' : ''
  const resume = `Carry it on:   ${reachedBy(`spillway resume ${plan.run}${aborted}`, given)}`
  const undo = `Give it back:  ${reachedBy(undoCommand(plan), given)}`
  if (ending.kind === 'stopped') return `${resume}\n${undo}`
  if (ending.kind === 'failed')
    return `Look closer:   ${reachedBy(`spillway report ${plan.run}`, given)}\n${resume}\n${undo}`
  if (isNothing(plan)) return 'The originals may start; there is nothing to restore.'
  const lines = onward({ plan, given })
  return parked > 0n
    ? [`${parked} messages are parked, with reasons, in the run's parked.ndjson`, ...lines].join('\n')
    : lines.join('\n')
}

/** What comes after a complete copy. */
function onward({ plan, given }: Run): string[] {
  const restore = reachedBy(`spillway restore ${plan.run}`, given)
  const { target } = namesOf(plan)
  if (isQueuePlan(plan))
    return [
      `Confirm it:    ${reachedBy(`spillway report ${plan.run} --commands`, given)}`,
      `Then work ${target} with your consumers, one or more a queue;`,
      `once they are empty: ${restore}`,
    ]
  return [
    `Prove it:      ${reachedBy(`spillway report ${plan.run} --verify`, given)}`,
    `Then work ${target} with consumers that are read_committed, group ${plan.lanesGroup ?? `spillway.${plan.run}`};`,
    `once it is empty: ${restore}`,
  ]
}
