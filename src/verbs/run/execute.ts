import { hostname, userInfo } from 'node:os'
import { serveControl } from '../../control/server.js'
import { byKind } from '../../core/by-kind.js'
import type { RunEvent } from '../../core/event.js'
import { HoldGate } from '../../core/gate.js'
import { isNothing, type Rate, type RunPlan } from '../../core/plan.js'
import { Pacer } from '../../core/rate.js'
import { Refusal, Stopped } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import type { RunFolder } from '../../journal/run-folder.js'
import type { Running } from '../system.js'
import type { Reaching } from './command-again.js'
import { asRefusal, conclude, GROUP_LIVE } from './conclude.js'
import { markInOneStop } from './mark-in-one-stop.js'
import { progressFor } from './progress.js'
import { Recorder } from './recorder.js'
import { rateSet, steering } from './steering.js'

/** What does the work of a run. */
export type Worker<P extends RunPlan> = { events(running: Running<P>): AsyncIterable<RunEvent> }

export type Execution<P extends RunPlan> = {
  readonly plan: P
  /** Claimed by this process. */
  readonly folder: RunFolder
  readonly ends: Worker<P>
  readonly mode: 'fresh' | 'resume'
  readonly ignore?: readonly string[]
  readonly reason?: string | undefined
  /** Given anew: it holds from now on, in later executions too. */
  readonly rate?: Rate | undefined
  /** How the brokers are reached, for the commands that are printed at the end. */
  readonly given: Reaching
  readonly io: Io
  readonly present: Presentation
}

/**
 * Runs or carries on a plan, up to its balance sheet. Sets the exit code and prints the result. Throws the Refusal of a new run that lost a
 * race for its source before it had done anything, or found it in use; of that one no folder is left.
 */
export async function execute<P extends RunPlan>(execution: Execution<P>): Promise<void> {
  const { plan, folder, io, present } = execution
  markInOneStop()
  const progress = progressFor(plan, { io, present })
  const recorder = await Recorder.of(folder, progress.show)
  const gate = new HoldGate()
  const pacer = new Pacer(plan.rate)
  const aborted = new AbortController()
  const soft = AbortSignal.any([io.soft, aborted.signal])
  const control = steering({ plan, recorder, gate, pacer, aborted, now: io.now })
  const serving = await serveControl(folder.path, control)
  const running = { ...execution, recorder, gate, pacer, soft }
  let failure: unknown
  try {
    await recorder.record(startedEvent(execution))
    if (execution.reason !== undefined) await recorder.record(reasonGiven(execution.reason, io.now()))
    if (execution.rate !== undefined) await recorder.record(rateGiven(execution.rate, io.now()))
    for (const ignored of execution.ignore ?? []) gate.ignore(ignored, 'operator')
    for await (const event of eventsOf(execution.ends, running)) await recorder.record(event)
  } catch (error) {
    failure = error
  } finally {
    progress.stop()
  }
  try {
    const refusal = asRefusal(failure)
    if (hasNotBegun(execution, recorder, refusal)) {
      await folder.discard()
      throw refusal
    }
    await conclude({ ...running, ...endedBy(aborted.signal, failure) })
  } finally {
    await serving[Symbol.asyncDispose]()
    await folder.close()
  }
}

/** Of rivals for one source, all but one are refused before they have made anything; so is who finds it in use at the last look. */
const hasNotBegun = ({ mode }: Pick<Execution<RunPlan>, 'mode'>, { state }: Recorder, failure: unknown): boolean =>
  mode === 'fresh' && failure instanceof Refusal && BEFORE_ANYTHING.has(failure.code) && state.lanes.size === 0

const BEFORE_ANYTHING = new Set(['claimed', 'stale', GROUP_LIVE, 'other-depth'])

/** A wish that the journal could not take ends a run too, but that is no abort. */
export const endedBy = ({ aborted, reason }: AbortSignal, failure: unknown) =>
  aborted && !(reason instanceof Stopped) ? { aborted: false, failure: reason as unknown } : { aborted, failure }

/** A backlog of nothing is complete as it is: nothing is made, nothing to restore. */
async function* eventsOf<P extends RunPlan>(ends: Worker<P>, running: Running<P>): AsyncGenerator<RunEvent> {
  const { plan, io } = running
  if (!isForNothing(plan)) return yield* ends.events(running)
  const at = io.now().toISOString()
  for (const { lane, from, to } of plan.lanes) {
    yield { type: 'opened', at, lane, from, to }
    yield { type: 'finished', at, lane, mark: to }
  }
}

/** Lanes that a drain may still fill, or that other processes work, are looked at all the same; so are records to be deleted behind the group. */
const isForNothing = (plan: RunPlan): boolean =>
  byKind(plan, {
    drain: isNothing,
    fanout: fanout => fanout.reads === 'source' && isEmpty(fanout),
    discard: discard => discard.how !== 'delete-records' && isEmpty(discard),
    replay: isEmpty,
  })

const isEmpty = ({ lanes }: Pick<RunPlan, 'lanes'>): boolean => lanes.every(({ from, to }) => from === to)

const startedEvent = ({ mode, io }: Pick<Execution<RunPlan>, 'mode' | 'io'>): RunEvent => ({
  type: 'started',
  at: io.now().toISOString(),
  host: hostname(),
  pid: process.pid,
  resumed: mode === 'resume',
})

const rateGiven = (rate: Rate, now: Date): RunEvent => rateSet(rate, { at: now.toISOString(), by: userInfo().username })

const reasonGiven = (reason: string, now: Date): RunEvent => ({
  type: 'steered',
  at: now.toISOString(),
  what: `reason: ${reason}`,
  by: userInfo().username,
})
