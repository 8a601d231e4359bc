import { NOTHING_YET, type RunSoFar } from '../../../../../src/core/fold.js'
import type { QueueDrainOptions } from '../../../../../src/drain/queue/plan/options.js'
import { planQueueDrain } from '../../../../../src/drain/queue/plan.js'
import type { QueueFacts, Standing } from '../../../../../src/verbs/rabbitmq/restore/facts.js'
import { aQueueSurvey, someQueueOptions } from '../../../drain/queue/a-queue-survey.js'

const COMPLETE = { kind: 'complete', at: '2026-11-21T12:05:00.000Z' } as const

type Given = {
  readonly options?: Partial<QueueDrainOptions>
  readonly state?: Partial<RunSoFar>
  readonly source?: Partial<Standing>
  /** Each lane's, all alike. */
  readonly lane?: Partial<Standing>
  readonly heldBy?: string
}

/** A complete run of 100 messages over two lanes that are worked off. */
export function someQueueFacts({ options = {}, state = {}, source = {}, lane = {}, heldBy }: Given = {}): QueueFacts {
  const plan = planQueueDrain(aQueueSurvey(), someQueueOptions({ lanes: 2, ...options }))
  const empty = { exists: true, ready: 0, consumers: 0 }
  return {
    plan,
    state: {
      ...NOTHING_YET,
      ledger: { read: 100n, written: 100n, parked: 0n, dropped: 0n },
      ending: COMPLETE,
      ...state,
    },
    source: { name: plan.queue, ...empty, ...source },
    lanes: plan.laneQueues.map(name => ({ name, ...empty, ...lane })),
    ...(heldBy === undefined ? {} : { heldBy }),
  }
}
