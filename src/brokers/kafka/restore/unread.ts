import type { KafkaPlan } from '../../../core/plan.js'
import { listOffsets } from '../admin/list-offsets.js'
import { committedOffsets } from '../admin/offsets.js'
import { describeTopic } from '../admin/topics.js'
import type { Link } from '../link.js'
import { lastOffsetDelta, recordCount } from '../records/batch-header.js'
import type { Frames } from '../relay/frames.js'
import { Leaders } from '../relay/leaders.js'
import { readRange } from '../verify/read-range.js'

/** Records that nobody has read yet; where time ran out before all was read, `exact` is false and `records` an upper bound. */
export type Unread = { readonly unread: bigint; readonly exact: boolean }

export type UnreadOptions = {
  /** The group that works the lanes, instead of the plan's. */
  readonly group?: string
  /** Time for counting; what is left then is taken from the offsets. 2 s unless given. */
  readonly withinMs?: number
}

const WITHIN_MS = 2_000
const AT_ONCE = 6
const FETCH_BYTES = 1 << 20

/** The group on the lanes: `spillway.RUN`, or the one that the plan names. */
export const lanesGroupOf = (plan: Pick<KafkaPlan, 'run' | 'lanesGroup'>, given?: string): string =>
  given ?? plan.lanesGroup ?? `spillway.${plan.run}`

/**
 * What the lanes of a run still hold unread: data records that a read_committed reader finds from the lanes group's
 * position (the lane's start where it has none) to the end. Lag alone never decides: markers and aborted records leave
 * some. Nothing where the temporary topic is not there. `link` is the target's. Throws BrokerError, UserError.
 */
export async function unreadInLanes(
  link: Link,
  plan: Pick<KafkaPlan, 'run' | 'lanesGroup' | 'targetTopic'>,
  { group, withinMs = WITHIN_MS }: UnreadOptions = {},
): Promise<Unread> {
  const topic = await describeTopic(link, plan.targetTopic)
  if (topic === undefined) return { unread: 0n, exact: true }
  const partitions = topic.partitions.map(each => each.partition)
  const open = await openRanges(link, { topic: topic.name, partitions, group: lanesGroupOf(plan, group) })
  const leaders = await Leaders.of(link, topic.name)
  const deadline = performance.now() + withinMs
  const counted: Unread[] = []
  const work = async (_: unknown, worker: number) => {
    for (let range = open.shift(); range; range = open.shift())
      counted.push(await countRange({ link, leaders, purpose: `unread-${worker}`, deadline }, range))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return {
    unread: counted.reduce((sum, each) => sum + each.unread, 0n),
    exact: counted.every(each => each.exact),
  }
}

type Range = { readonly partition: number; readonly from: number; readonly to: number }

/** The partitions in which the group's position is not at the end. */
async function openRanges(
  link: Link,
  { topic, partitions, group }: { topic: string; partitions: readonly number[]; group: string },
): Promise<Range[]> {
  const [starts, ends, commits] = await Promise.all([
    listOffsets(link, topic, partitions, 'earliest'),
    listOffsets(link, topic, partitions, 'latest'),
    committedOffsets(link, group, { topic, partitions }),
  ])
  const committed = commits.get(topic)
  return partitions
    .map(partition => {
      const start = starts.get(partition)?.offset ?? 0
      const from = Math.max(start, committed?.get(partition)?.offset ?? start)
      return { partition, from, to: ends.get(partition)?.offset ?? 0 }
    })
    .filter(({ from, to }) => from < to)
}

type Counting = { readonly link: Link; readonly leaders: Leaders; readonly purpose: string; readonly deadline: number }

/** An open transaction ends the read before the end: what lies behind it may still become data, so it counts as unread. */
async function countRange({ deadline, ...reader }: Counting, { partition, from, to }: Range): Promise<Unread> {
  let [position, records] = [from, 0]
  const reading = { ...reader, partition, bytes: FETCH_BYTES }
  for await (const piece of readRange(reading, { from, to })) {
    position = piece.next
    records += recordsIn(piece)
    if (performance.now() > deadline) break
  }
  const left = to - position
  return { unread: BigInt(records + left), exact: left === 0 }
}

/** Counted from the headers alone; exact because a temporary topic is not compacted. */
const recordsIn = ({ set, starts, span }: Frames): number =>
  starts.reduce((sum, at) => {
    const after = Number(set.readBigInt64BE(at)) + lastOffsetDelta(set, at) + 1
    return sum + Math.max(0, Math.min(recordCount(set, at), after - span.from))
  }, 0)
