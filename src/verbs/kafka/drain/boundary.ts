import { describeGroup } from '../../../brokers/kafka/admin/describe-group.js'
import { listOffsets } from '../../../brokers/kafka/admin/list-offsets.js'
import { committedOffsets } from '../../../brokers/kafka/admin/offsets.js'
import type { Link } from '../../../brokers/kafka/link.js'
import { lanesGroupOf, unreadInLanes } from '../../../brokers/kafka/restore/unread.js'
import type { HoldGate } from '../../../core/gate.js'
import type { KafkaPlan } from '../../../core/plan.js'
import { BrokerError } from '../../../errors.js'
import { LanesBoundary, type LanesSeen } from '../../run/lanes-boundary.js'

/** Each transaction leaves a marker, which some readers do not commit past. */
const MARKERS_A_LANE = 2
/** A lag that is longer, in offsets, is not only markers; below it the records themselves are looked for. */
const NEAR = 10_000

/** The boundary of a drain `--until lanes-empty`; `link` is the target's. */
export const boundaryOf = (link: Link, plan: KafkaPlan, gate: HoldGate): LanesBoundary => {
  const small = plan.targetLanes * MARKERS_A_LANE
  return new LanesBoundary({
    run: plan.run,
    lanes: plan.lanes.map(({ lane }) => lane),
    gate,
    small,
    look: () => lagOf(link, plan),
    isWorked: async () => (await describeGroup(link, lanesGroupOf(plan))).members.length > 0,
    isEmpty: async ({ lag }) => lag <= Math.max(NEAR, small) && (await unreadInLanes(link, plan)).unread === 0n,
    mayPass: error => error instanceof BrokerError && error.retry,
  })
}

/** By offsets, markers and aborted records included. */
async function lagOf(link: Link, plan: KafkaPlan): Promise<LanesSeen> {
  const partitions = Array.from({ length: plan.targetLanes }, (_, partition) => partition)
  const [starts, ends, commits] = await Promise.all([
    listOffsets(link, plan.targetTopic, partitions, 'earliest'),
    listOffsets(link, plan.targetTopic, partitions, 'stable'),
    committedOffsets(link, lanesGroupOf(plan), { topic: plan.targetTopic, partitions }),
  ])
  const committed = commits.get(plan.targetTopic)
  let [read, lag] = [0, 0]
  for (const partition of partitions) {
    const at = committed?.get(partition)?.offset ?? starts.get(partition)?.offset ?? 0
    read += at
    lag += Math.max(0, (ends.get(partition)?.offset ?? 0) - at)
  }
  return { read, lag }
}
