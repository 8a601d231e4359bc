import { randomBytes } from 'node:crypto'
import type { RunEvent } from '../../core/event.js'
import type { LaneSoFar } from '../../core/fold.js'
import { merge } from '../../core/merge.js'
import type { Message } from '../../core/message.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import { SpillwayError } from '../../errors.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { laneEvents } from '../../replay/events.js'
import { filtered, wantedOf } from '../../replay/filter.js'
import { LaneRun, NO_TOTALS } from '../../replay/lane-run.js'
import { lanesAtOnce, PAGE_MESSAGES } from '../../replay/limits.js'
import type { ReplayItem, ReplayPosition, ReplaySink, Unable } from '../../replay/ports.js'
import { backoff } from '../run/backoff.js'
import type { Running } from '../system.js'
import type { ReplaySubject, ReplayTarget } from './ends.js'
import { type FramesOf, framesFor } from './frames-for.js'

export type ReplayParts = {
  readonly subject: Pick<ReplaySubject, 'open' | 'look'>
  readonly target: Pick<ReplayTarget, 'sink'>
}

/** Sends again what a plan says, or carries that on. Throws UserError, Refusal, RunError, BrokerError. */
export async function* replayEvents(
  { subject, target }: ReplayParts,
  running: Running<ReplayPlan>,
): AsyncGenerator<RunEvent> {
  const { plan, gate, soft, io, mode, recorder, folder } = running
  await using source = await subject.open(plan, running)
  await using sink = await target.sink(running)
  const wasKilled = mode === 'resume' && (await isCut(folder))
  yield* doubtsOf(plan, io.now())
  const wanted = wantedOf(plan.filter)
  const park = parking(running, await framesFor(subject.look.system))
  const { executions } = recorder.state
  const streams = source.lanes.flatMap((each, index) => {
    const lane = filtered(each, wanted)
    const laneSink = sink.lane(lane.lane, index)
    const known = recorder.state.lanes.get(lane.lane)
    if (known?.finished === true) return []
    const run = new LaneRun({
      source: lane,
      sink: laneSink,
      guard: { ...plan, counts: plan.from.kind === 'dead-letters' },
      known: positionOf(known, lane.from),
      pacer: running.pacer,
      park,
    })
    const repeats = each.settle === undefined ? sink.repeatsAtMost : PAGE_MESSAGES
    const doubtful = wasKilled ? repeats : 0
    const stream = { run, sink: laneSink, gate, now: io.now, backoff, to: lane.to, doubtful, execution: executions }
    return [(laneSoft: AbortSignal) => laneEvents(stream, { soft: laneSoft, hard: io.hard })]
  })
  yield* merge(streams, { atOnce: lanesAtOnce(streams.length), soft })
  yield* gate.takeEvents()
  if (!isDone(running)) return
  for (const message of (await source.notes?.()) ?? []) yield { type: 'warned', at: io.now().toISOString(), message }
  yield* finished(sink, io.now)
}

const isDone = ({ plan, recorder }: Running<ReplayPlan>): boolean =>
  plan.lanes.every(({ lane }) => recorder.state.lanes.get(lane)?.finished === true)

/** What is left at the target does no harm, so that it could not be taken away is told and no more. */
async function* finished(sink: ReplaySink, now: () => Date): AsyncGenerator<RunEvent> {
  try {
    await sink.finish()
  } catch (error) {
    if (!(error instanceof SpillwayError)) throw error
    yield {
      type: 'warned',
      at: now().toISOString(),
      message: `What held the position is still there: ${error.message}`,
    }
  }
}

const positionOf = (known: LaneSoFar | undefined, from: string): ReplayPosition => {
  if (known === undefined) return { mark: from, totals: NO_TOTALS }
  const { read, written, parked, dropped, holes, markers, aborted, bytes, skipped = 0n, mark } = known
  return { mark, totals: { read, written, parked, dropped, holes, markers, aborted, bytes, skipped } }
}

/** Whether the execution before this one ended without a word. */
async function isCut(folder: RunFolder): Promise<boolean> {
  let [isOpen, before] = [false, false]
  for await (const { type } of folder.events()) {
    if (type === 'started') {
      before = isOpen
      isOpen = true
    } else if (type === 'ended') isOpen = false
  }
  return before
}

/** An archive of a queue may have more than was let go; told again it is the same range. */
function* doubtsOf({ doubted = 0n, lanes, source }: ReplayPlan, now: Date): Generator<RunEvent> {
  const [lane] = lanes
  if (doubted === 0n || lane === undefined) return
  const why = `${source} has more than was let go: an execution was killed between archive and ack`
  yield {
    type: 'doubted',
    at: now.toISOString(),
    lane: lane.lane,
    from: lane.from,
    to: lane.to,
    why,
    messages: doubted,
  }
}

const parking = ({ plan, folder, io }: Running<ReplayPlan>, framesOf: FramesOf) => {
  const mark = marksOf(plan)
  return async ({ item: { message, unable }, reason }: Unable<ReplayItem>): Promise<void> => {
    const { id, key, value, headers, target, lane } = message
    const origin = { target, lane, mark: mark(message), at: io.now().toISOString() }
    const rest = { headers, timestamp: BigInt(message.timestamp), reason, attempts: 0, origin }
    const isRow = plan.from.kind === 'rows' && unable !== undefined ? ({ isRow: true } as const) : {}
    await folder.park({ id, key, value, ...rest, ...framesOf(message), ...isRow })
  }
}

/** The marks of parked messages. A queue has no positions, so what comes again after a kill cannot be told from another: each is kept. */
const marksOf = ({ from }: ReplayPlan): ((message: Message) => string) => {
  if (from.kind !== 'dead-letters' || from.system === 'kafka') return ({ mark }) => mark
  const execution = randomBytes(4).toString('hex')
  let count = 0
  return ({ mark }) => `${mark}.${execution}.${++count}`
}
