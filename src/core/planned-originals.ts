import type { RunPlan } from './plan.js'

/**
 * What the ORIGINALS line says of a plan, in one of the line's two forms. With `--cut-over fresh-first` they may start once the copy has
 * ended; whoever reads the plan has not got so far, and its steps say it.
 */
export const plannedOriginals = (plan: RunPlan): string => {
  const { expect } = plan
  const first = plan.kind === 'drain' ? plan.first : undefined
  const messages = first !== undefined && BigInt(first) < expect.messages ? BigInt(first) : expect.messages
  return messages === 0n ? 'may start' : `keep stopped (${messages} unread in lanes)`
}
