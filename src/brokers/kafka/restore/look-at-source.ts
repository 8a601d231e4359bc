import type { KafkaPlan } from '../../../core/plan.js'
import type { GroupView } from '../../../core/survey.js'
import { describeGroup } from '../admin/describe-group.js'
import { listOffsets } from '../admin/list-offsets.js'
import { committedOffsets } from '../admin/offsets.js'
import { describeTopic } from '../admin/topics.js'
import type { Link } from '../link.js'
import { parseClaim } from '../relay/claim.js'

/** Where the source group stands on one lane of a plan. */
export type LaneStanding = {
  readonly lane: string
  /** First offset that the source still holds. */
  readonly start: number
  /** What the group committed; -1 where nothing. */
  readonly offset: number
  readonly metadata: string
  /** The run whose claim stands beside the commit. */
  readonly claimedBy?: string
}

/** The source of a run as it is now. */
export type SourceView = {
  readonly group: GroupView
  /** Empty below Kafka 2.8; absent where the topic is not there. */
  readonly topicId?: string
  readonly lanes: readonly LaneStanding[]
}

type Subject = Pick<KafkaPlan, 'group' | 'sourceTopic'> & { readonly lanes: readonly { readonly lane: string }[] }

/**
 * Looks at the group and the topic of a run; changes nothing. `stable` waits for offsets of open transactions, as one
 * must before offsets are moved. Throws BrokerError, UserError.
 */
export async function lookAtSource(link: Link, plan: Subject, stable = false): Promise<SourceView> {
  const { group: id, sourceTopic: topic } = plan
  const partitions = plan.lanes.map(lane => Number(lane.lane))
  const [group, described, commits] = await Promise.all([
    describeGroup(link, id),
    describeTopic(link, topic),
    committedOffsets(link, id, { topic, partitions, stable }),
  ])
  const there = partitions.filter(partition => described?.partitions.some(each => each.partition === partition))
  const starts = there.length === 0 ? new Map<number, never>() : await listOffsets(link, topic, there, 'earliest')
  const committed = commits.get(topic)
  const lanes = partitions.map(partition => {
    const { offset = -1, metadata = '' } = committed?.get(partition) ?? {}
    const claim = parseClaim(metadata)
    const standing = { lane: String(partition), start: starts.get(partition)?.offset ?? 0, offset, metadata }
    return claim === undefined ? standing : { ...standing, claimedBy: claim.run }
  })
  return described === undefined ? { group, lanes } : { group, topicId: described.id, lanes }
}
