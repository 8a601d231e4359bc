import { unreadInLanes } from '../../brokers/kafka/restore/unread.js'
import type { RunSoFar } from '../../core/fold.js'
import type { DrainPlan } from '../../core/plan.js'
import type { Links } from '../run/links.js'
import { originalsInWords } from '../run/originals.js'

/** The ORIGINALS line with what the lanes hold unread now. Throws what the cluster's answers throw. */
export async function originalsNow(plan: DrainPlan, state: RunSoFar, links: Links): Promise<string> {
  if (state.restored?.done) return originalsInWords(plan, state)
  const { unread } = await unreadInLanes(links.target, plan)
  // An upper bound where time ran out before all was read; what was written is a better one.
  return unread > state.ledger.written ? originalsInWords(plan, state) : originalsInWords(plan, state, unread)
}
