import type { Evidence } from './evidence.js'
import { type AnyPlan, nameRead, readsQueue } from './plans.js'
import type { Subject } from './subject.js'

/** A place in a lane of a run, to be looked for in its journal; `from`: where the plan has the lane begin. */
export type Watched = { readonly lane: string; readonly offset: bigint; readonly from?: string }

/**
 * Where a run would have met a message: at its own place in the topic that it read, or where its archive or the one that it replays has it.
 * Undefined where it cannot have met it, or nothing tells where. Pure.
 */
export const watchedBy = (plan: AnyPlan, subject: Subject, kept: readonly Evidence[]): Watched | undefined => {
  const found = placeIn(plan, subject, kept)
  if (found === undefined) return undefined
  const from = plan.lanes.find(({ lane }) => lane === found.lane)?.from
  return { ...found, ...(from === undefined ? {} : { from }) }
}

const placeIn = (plan: AnyPlan, { id, position }: Subject, kept: readonly Evidence[]): Watched | undefined => {
  const holder = plan.kind === 'replay' && 'run' in plan.from ? plan.from.run : plan.run
  const held = kept.filter(each => each.run === holder && each.id === id)
  if (plan.kind === 'replay' && plan.from.kind === 'parked') return parkedPlace(held)
  const piece = held.find(({ kind }) => kind === 'archived')
  if (piece !== undefined && /^\d+$/.test(piece.mark)) return { lane: piece.lane, offset: BigInt(piece.mark) }
  if (position === undefined || nameRead(plan) !== position.topic || readsQueue(plan)) return undefined
  return { lane: position.lane, offset: position.offset }
}

/** A replay of parked messages has one lane, whose marks count them. */
const parkedPlace = (held: readonly Evidence[]): Watched | undefined => {
  const parked = held.find(each => each.kind === 'parked')
  return parked === undefined ? undefined : { lane: 'parked', offset: BigInt(parked.position) }
}
