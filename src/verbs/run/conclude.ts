import { type ByKind, byKind } from '../../core/by-kind.js'
import type { Ending, RunEvent } from '../../core/event.js'
import type { RunSoFar } from '../../core/fold.js'
import type { HoldGate } from '../../core/gate.js'
import { imbalance } from '../../core/ledger.js'
import type { RunPlan } from '../../core/plan.js'
import { isDrainPlan } from '../../core/plan-names.js'
import { Bug, EXIT, type ExitCode, HoldError, Refusal, SpillwayError, Stopped } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import { classify } from '../../present/error.js'
import type { Reaching } from './command-again.js'
import { isCopied } from './is-copied.js'
import { printOutcome } from './outcome.js'
import type { Recorder } from './recorder.js'

type Concluding = {
  readonly plan: RunPlan
  readonly recorder: Recorder
  readonly gate: HoldGate
  readonly soft: AbortSignal
  readonly io: Io
  readonly present: Presentation
  readonly given: Reaching
  /** What ended it early, if anything did. */
  readonly failure: unknown
  /** `spillway abort` ended it. */
  readonly aborted: boolean
}

/** Journals how the run ended, prints its envelope or balance sheet, and sets the exit code. */
export async function conclude(run: Concluding): Promise<void> {
  const { recorder, io } = run
  const { ending, exitCode } = endingOf(run)
  const event: RunEvent = { type: 'ended', at: io.now().toISOString(), ending }
  // A journal on a full disk cannot take the ending; the result is still told, and `resume` finds the truth at the broker.
  const journalled = await recorder.record(event).then(
    () => true,
    () => false,
  )
  await printOutcome(run, { ending, journalled })
  io.exitCode = exitCode
}

function endingOf({ failure, aborted, soft, recorder, io, plan }: Concluding): { ending: Ending; exitCode: ExitCode } {
  const { state } = recorder
  if (aborted) return { ending: { kind: 'stopped', by: 'aborted' }, exitCode: EXIT.interrupted }
  if (failure !== undefined && !(failure instanceof Stopped)) return failed(classify(asRefusal(failure)))
  if (state.lost.length > 0) return failed(lostError(plan, state))
  if (imbalance(state.ledger) !== 0n) return failed(new UnbalancedError(plan, state))
  const unfinished = !isCopied(plan, state)
  // What was thrown by a stop had more to do than to finish its lanes: it waited for others.
  if ((unfinished && soft.aborted) || failure !== undefined) return stopped(io)
  if (unfinished && isDrainPlan(plan) && plan.first !== undefined)
    return { ending: { kind: 'stopped', by: 'canary' }, exitCode: EXIT.complete }
  if (unfinished) return failed(new Bug(`Run ${plan.run} ended before all of its lanes did`))
  return { ending: { kind: 'complete' }, exitCode: state.ledger.parked > 0n ? EXIT.left : EXIT.complete }
}

function stopped(io: Io): { ending: Ending; exitCode: ExitCode } {
  const by = io.soft.reason instanceof Stopped ? io.soft.reason : new Stopped('SIGINT')
  return { ending: { kind: 'stopped', by: by.message.replace('Stopped by ', '') }, exitCode: by.exitCode }
}

function failed(error: SpillwayError): { ending: Ending; exitCode: ExitCode } {
  const { code, message, hint, exitCode } = error
  return { ending: { kind: 'failed', code, message, hint, exitCode }, exitCode }
}

class UnbalancedError extends SpillwayError {
  readonly exitCode = EXIT.failed
  constructor(plan: RunPlan, state: RunSoFar) {
    const { read, written, parked, dropped } = state.ledger
    super(
      `The balance sheet is off by ${imbalance(state.ledger)}: ${read} read, ${written} written, ${parked} parked, ${dropped} dropped`,
      {
        code: 'unbalanced',
        hint: byKind(plan, LOOKING_CLOSER),
      },
    )
  }
}

const laneByLane = ({ run }: Pick<RunPlan, 'run'>): string => `\`spillway report ${run}\` shows it lane by lane.`

const LOOKING_CLOSER: ByKind<string> = {
  drain: ({ run, system }) =>
    system === 'rabbitmq'
      ? `Do not restore. \`spillway report ${run} --commands\` prints commands that count what is where.`
      : `Do not restore. \`spillway report ${run} --verify\` reads the target back and shows where.`,
  fanout: plan => `Do not restore. ${laneByLane(plan)}`,
  discard: plan =>
    plan.archive === undefined
      ? laneByLane(plan)
      : `${laneByLane(plan)} \`spillway archive verify ${plan.run}\` counts what was kept.`,
  replay: laneByLane,
}

/** What a run of each kind does to a message, as it is said of those that it could not do it to. */
const DONE: ByKind<string> = {
  drain: () => 'copied',
  fanout: () => 'handled',
  discard: ({ archive }) => (archive === undefined ? 'let go' : 'kept'),
  replay: () => 'sent',
}

function lostError(plan: RunPlan, state: RunSoFar): SpillwayError {
  const ranges = state.lost.map(({ lane, from, to }) => `partition ${lane} [${from}, ${to})`).join(', ')
  const done = byKind(plan, DONE)
  return new Refused(`Removed at the source before they were ${done}: ${ranges}`, done)
}

class Refused extends SpillwayError {
  readonly exitCode = EXIT.failed
  constructor(message: string, done: string) {
    super(message, {
      code: 'lost-range',
      hint: `What was there is ${done}. Those offsets are only to be had from elsewhere (database, archive); set the group behind the gap, then resume.`,
    })
  }
}

/** Code of the refusal of a source that somebody reads. */
export const GROUP_LIVE = 'group-live'

/** Code of the refusal of an archive without room. */
const ARCHIVE_ROOM = 'archive-room'

/** What would hold a lane refuses the run before any lane is open. */
export const asRefusal = (failure: unknown): unknown => {
  if (!(failure instanceof HoldError)) return failure
  const isRoom = failure.message.startsWith('archive disk:')
  return new Refusal(`Refused: ${failure.message}`, {
    code: isRoom ? ARCHIVE_ROOM : GROUP_LIVE,
    hint: isRoom
      ? 'Make room there, or give another disk with --archive DIR.'
      : 'Stop its consumers, then resume; --wait 120s polls until they are gone.',
    cause: failure,
  })
}
