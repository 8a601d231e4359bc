import type { DrainPlan } from './plan.js'

/** What the ORIGINALS line says of a plan: what will hold once it has run. */
export const plannedOriginals = ({ expect, first, cutOver }: DrainPlan): string => {
  const messages = first !== undefined && BigInt(first) < expect.messages ? BigInt(first) : expect.messages
  if (messages === 0n) return 'may start'
  return cutOver === 'fresh-first'
    ? 'keep stopped until the copy ends (then --cut-over fresh-first lets them start)'
    : `keep stopped (${messages} unread in lanes)`
}
