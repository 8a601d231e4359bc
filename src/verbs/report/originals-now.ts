import { unreadInLanes } from '../../brokers/kafka/restore/unread.js'
import type { RunSoFar } from '../../core/fold.js'
import type { DrainPlan } from '../../core/plan.js'
import type { Links } from '../run/links.js'
import { originalsInWords } from '../run/originals.js'

/** The ORIGINALS line with what the lanes hold unread now. Throws what the cluster's answers throw. */
export async function originalsNow(plan: DrainPlan, state: RunSoFar, links: Links): Promise<string> {
  if (state.restored?.done) return originalsInWords(plan, state)
  const { unread } = await unreadInLanes(links.target, plan)
  // Markers make an upper bound of it where time ran out before all was read; what was written is a better one.
  const { written } = state.ledger
  const most = unread < written ? unread : written
  return originalsInWords(plan, state, most)
}
