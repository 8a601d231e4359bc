import { byKind } from './by-kind.js'
import type { DiscardPlan } from './discard-plan.js'
import type { FanoutPlan } from './fanout-plan.js'
import type { DrainPlan, RunPlan } from './plan.js'

/**
 * What the ORIGINALS line says of a plan, in one of the line's two forms. With `--cut-over fresh-first` they may start once the copy has
 * ended; whoever reads the plan has not got so far, and its steps say it. A replay sends to consumers that are at work.
 */
export const plannedOriginals = (plan: RunPlan): string => {
  const messages = byKind(plan, { drain: ofDrain, fanout: all, discard: all, replay: () => 0n })
  return messages === 0n ? 'may start' : `keep stopped (${messages} unread in lanes)`
}

const all = ({ expect }: FanoutPlan | DiscardPlan): bigint => expect.messages

const ofDrain = ({ expect, first }: DrainPlan): bigint =>
  first !== undefined && BigInt(first) < expect.messages ? BigInt(first) : expect.messages
