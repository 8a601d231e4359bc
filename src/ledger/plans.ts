import type { DiscardPlan } from '../core/discard-plan.js'
import type { RunPlan } from '../core/plan.js'
import type { ReplayPlan } from '../core/replay-plan.js'

/** A plan of any verb. */
export type AnyPlan = RunPlan | DiscardPlan | ReplayPlan

/** Whether the run read a queue of RabbitMQ. A replay reads what it was given: an archive, parked messages, dead letters. */
export const readsQueue = (plan: AnyPlan): boolean =>
  plan.kind === 'replay'
    ? plan.from.kind === 'dead-letters' && plan.from.system === 'rabbitmq'
    : plan.system === 'rabbitmq'

/** The topic or queue that a run read; undefined for a replay of an archive or of parked messages. */
export const nameRead = (plan: AnyPlan): string | undefined => {
  if (plan.kind === 'replay') return plan.from.kind === 'dead-letters' ? lastPart(plan.from.address) : undefined
  if (plan.kind === 'drain') return 'queue' in plan ? plan.queue : plan.sourceTopic
  return plan.topic
}

/** What stands last in an address: its topic or queue. */
const lastPart = (address: string): string => {
  const [path = ''] = address.split('?')
  return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
}

/** Where a run sends what it settles. What went back to its origin went to one place, but for dead letters, which came from several. */
export const whereTo = (plan: AnyPlan): string =>
  plan.kind === 'replay' && plan.target === 'origin' && plan.from.kind !== 'dead-letters' ? plan.place : plan.target

/** Words for what a run does with what it settles. */
export const deedOf = (plan: AnyPlan): 'drained' | 'worked' | 'discarded' | 'replayed' => {
  switch (plan.kind) {
    case 'drain':
      return 'drained'
    case 'fanout':
      return 'worked'
    case 'discard':
      return 'discarded'
    case 'replay':
      return 'replayed'
    default:
      return plan satisfies never
  }
}
