import { type LanesView, lookAtLanes } from '../../../brokers/kafka/restore/look-at-lanes.js'
import { lookAtSource, type SourceView } from '../../../brokers/kafka/restore/look-at-source.js'
import { foldAll, type RunSoFar } from '../../../core/fold.js'
import type { KafkaPlan } from '../../../core/plan.js'
import type { RunFolder } from '../../../journal/run-folder.js'
import type { Links } from '../links.js'

/** Everything that decides whether a run may be restored or undone now. */
export type Facts = {
  readonly plan: KafkaPlan
  readonly state: RunSoFar
  /** Who holds the run, in words; absent where nobody else does. */
  readonly heldBy?: string
  readonly source: SourceView
  readonly lanes: LanesView
  /** The operator has said that nobody reads the temporary topic without a group. */
  readonly confirmed: boolean
}

export type Looking = {
  readonly plan: KafkaPlan
  readonly folder: RunFolder
  readonly links: Links
  /** This process holds the run. */
  readonly claimed: boolean
  readonly confirmed: boolean
  readonly lanesGroup?: string | undefined
  /** Waits for offsets of open transactions. */
  readonly stable?: boolean
}

/** Reads the journal and looks at the clusters; changes nothing. Throws BrokerError, UserError. */
export async function lookAtRun({ plan, folder, links, claimed, confirmed, ...how }: Looking): Promise<Facts> {
  const [state, source, found, held] = await Promise.all([
    foldAll(folder.events()),
    lookAtSource(links.source, plan, how.stable),
    lookAtLanes(links.target, plan, how.lanesGroup),
    claimed ? undefined : folder.holder(),
  ])
  const heldBy =
    held === undefined || held.standing === 'dead' ? undefined : `process ${held.holder.pid} on ${held.holder.host}`
  const facts = { plan, state, source, lanes: ours(found, state), confirmed }
  return heldBy === undefined ? facts : { ...facts, heldBy }
}

/** Once a restore has begun, a topic of the same name with another id is somebody else's: it is not looked at. */
function ours(lanes: LanesView, { restored }: RunSoFar): LanesView {
  const { topic, ...rest } = lanes
  if (topic === undefined || !restored?.topicId || topic.id === restored.topicId) return lanes
  return { ...rest, unread: 0n, exact: true, trimmed: [], groups: [] }
}
