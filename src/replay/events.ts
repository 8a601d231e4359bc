import type { RunEvent } from '../core/event.js'
import type { Gate } from '../core/ports.js'
import { pump, type Signals } from '../core/pump.js'
import type { LaneRun } from './lane-run.js'
import type { LaneSink } from './ports.js'

export type LaneStream = {
  readonly run: LaneRun
  readonly sink: LaneSink
  readonly gate: Gate
  readonly now: () => Date
  /** Waits before a fault is tried again; aborts with `soft`. */
  readonly backoff: (attempt: number, soft: AbortSignal) => Promise<void>
  readonly to: string
  /** Messages that an earlier execution, which was killed, may have sent behind the position that the journal has; 0 where it cannot have. */
  readonly doubtful: number
  /** Tells one execution from the next. */
  readonly execution: number
}

/** Pumps one lane, and tells what may be at the target twice. Throws what the pump throws. */
export async function* laneEvents(stream: LaneStream, signals: Signals): AsyncGenerator<RunEvent> {
  const { run, sink, gate, now, backoff, to } = stream
  let occasion = stream.execution * 1_000_000
  let mark = ''
  const doubt = (messages: number, why: string): RunEvent => ({
    type: 'doubted',
    at: now().toISOString(),
    lane: run.lane,
    from: mark,
    to,
    why,
    messages: BigInt(messages),
    occasion: occasion++,
  })
  let isFirst = true
  let failure: unknown
  try {
    for await (const event of pump({ source: run, sink: run, gate, now, backoff }, signals)) {
      yield event
      if (event.type === 'opened') {
        mark = event.from
        if (isFirst && stream.doubtful > 0 && event.from !== event.to) yield doubt(stream.doubtful, KILLED)
        isFirst = false
      } else if (event.type === 'settled') mark = event.mark
      const repeats = sink.takeRepeats()
      if (repeats > 0) yield doubt(repeats, UNHEARD)
      const kept = run.takeKept()
      if (kept > 0) yield doubt(kept, KEPT)
    }
  } catch (error) {
    failure = error
  }
  const left = sink.takeRepeats() + sink.uncommitted + run.takeKept()
  if (left > 0) yield doubt(left, UNSETTLED)
  if (failure !== undefined) throw failure
}

const KILLED = 'an execution was killed; what it had sent since its last settled page is sent again'
const UNHEARD = 'the connection was lost before they were confirmed, so they were sent again'
const KEPT = 'they were sent, but the connection was lost before the source had let go of them'
const UNSETTLED = 'sent, but not settled when the run ended; a resume sends them again'
