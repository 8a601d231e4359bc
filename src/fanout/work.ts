import { setMaxListeners } from 'node:events'
import type { RunEvent } from '../core/event.js'
import type { WorkOrder } from '../core/fanout-plan.js'
import type { Signals } from '../core/pump.js'
import type { Pacer } from '../core/rate.js'
import { Channel } from './channel.js'
import { Crew } from './crew.js'
import { LaneWork } from './lane-work.js'
import type { PaceOptions } from './pace.js'
import type { Handler, Intake, Park, WorkGate } from './ports.js'
import { Purse } from './purse.js'
import { Room } from './room.js'
import { Throttle } from './throttle.js'

/** What a fan-out is made of. */
export type WorkParts = {
  readonly intake: Intake
  /** Started by `work`; disposed of by the caller. */
  readonly handler: Handler
  readonly park: Park
  readonly gate: WorkGate
  readonly pacer: Pacer
  readonly now: () => Date
  readonly order: WorkOrder
  readonly retries: number
  readonly maxAhead: number
  readonly maxParkedPercent?: number | undefined
  /** Percent of failed tries from which the run holds until one does well again; absent: only an outage does that. */
  readonly maxErrorPercent?: number | undefined
  readonly pace?: PaceOptions | undefined
  /** Messages that are to be handled, as far as known. */
  readonly expected: bigint
  readonly random?: () => number
}

/**
 * Works lanes with the handler: many messages at once, in order where that is asked for, each lane settled as far as everything before is done.
 * Unlike the pump it has no barrier at the end of a batch, because one slow message would stop all handlers there. Tells what a pump tells.
 * Throws what ends the run, after everything in hand has ended and is settled.
 */
export async function* work(parts: WorkParts, signals: Signals): AsyncGenerator<RunEvent> {
  await parts.handler.start()
  const told = new Channel<RunEvent>()
  const ending = new AbortController()
  const working = everything(parts, { told, ending, signals }).finally(() => told.end())
  // Its failure is thrown once everything that happened is told.
  working.catch(() => undefined)
  try {
    yield* told
  } finally {
    ending.abort(new Error('the reader left'))
  }
  await working
  await parts.intake.conclude?.()
}

type Running = { readonly told: Channel<RunEvent>; readonly ending: AbortController; readonly signals: Signals }

async function everything(parts: WorkParts, { told, ending, signals }: Running): Promise<void> {
  const { intake, gate, order, now } = parts
  const errors: unknown[] = []
  const fail = (error: unknown) => {
    errors.push(error)
    crew.stop()
    ending.abort(error)
  }
  const soft = AbortSignal.any([signals.soft, ending.signal])
  const crew: Crew = crewOf(parts, { hard: signals.hard, fail, go: () => crew.go() })
  // Each lane listens; that many are no leak.
  setMaxListeners(0, soft, signals.soft, signals.hard)
  const tell = (event: RunEvent) => told.push(event)
  const flush = () => {
    for (const event of gate.takeEvents()) tell(event)
  }
  const unhear = gate.onChange(() => {
    flush()
    crew.go()
  })
  const room = new Room(parts.maxAhead, parts.handler.slots, () => parts.pacer.perSecond)
  const shared = { crew, gate, room, order, now, tell, soft, hard: signals.hard, patienceMs: intake.patienceMs }
  const lanes = new Set<Promise<void>>()
  try {
    for await (const taken of intake.take(soft)) {
      if ('event' in taken) tell(taken.event)
      else {
        const lane = new LaneWork(taken.lane, shared).run().catch(fail)
        lanes.add(lane)
        void lane.then(() => lanes.delete(lane))
      }
    }
  } catch (error) {
    fail(error)
  }
  await Promise.all(lanes)
  unhear()
  crew.stop()
  flush()
  if (errors.length > 0) throw errors[0]
}

type Calls = Pick<Signals, 'hard'> & { readonly fail: (error: unknown) => void; readonly go: () => void }

function crewOf(parts: WorkParts, { hard, fail, go }: Calls): Crew {
  const { handler, gate, pace, maxErrorPercent, park, retries, maxParkedPercent, expected } = parts
  const now = () => performance.now()
  const purse = new Purse(parts.pacer, hard, go)
  const throttle = new Throttle({ gate, slots: handler.slots, now, purse, maxErrorPercent, pace })
  return new Crew({
    handler,
    throttle,
    park,
    retries,
    maxParkedPercent,
    expected: Number(expected),
    hard,
    now,
    random: parts.random ?? Math.random,
    fail,
  })
}
