import type { KafkaPlan } from '../../../core/plan.js'
import { RunError } from '../../../errors.js'
import { commitOffsets, committedOffsets } from '../admin/offsets.js'
import type { Link } from '../link.js'
import { Transaction } from '../relay/transaction.js'
import { transactionalId } from '../relay/transactional-id.js'

/** Requests on their way at once while every lane is fenced. */
const AT_ONCE = 8

/**
 * Ends what a dead runner left open and fences one that only seems dead: InitProducerId for every source partition, after
 * which no commit of an older runner is taken. Nothing for a counting run: it sees by the claim that it lost the group.
 */
export async function fence(link: Link, plan: KafkaPlan): Promise<void> {
  if (plan.guarantee !== 'transactions') return
  const { group, sourceTopic, targetTopic } = plan
  const left = plan.lanes.map(lane => Number(lane.lane))
  const worker = async () => {
    for (let lane = left.shift(); lane !== undefined; lane = left.shift()) {
      const id = transactionalId(group, sourceTopic, lane)
      await new Transaction({ link, transactionalId: id, targetTopic, group, sourceTopic }).init()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

/** An offset for one lane, and what stands beside it. */
export type Position = { readonly lane: string; readonly offset: number; readonly metadata: string }

type Place = Pick<KafkaPlan, 'group' | 'sourceTopic'>

/**
 * Commits positions of the group without joining it, and reads them back (stable). Throws BrokerError
 * `UNKNOWN_MEMBER_ID` while the group has members, RunError `not-as-committed` where they do not stand afterwards.
 */
export async function putOffsets(link: Link, place: Place, positions: readonly Position[]): Promise<void> {
  const { group, sourceTopic: topic } = place
  const entries = positions.map(({ lane, offset, metadata }) => ({ partition: Number(lane), offset, metadata }))
  await commitOffsets(link, group, topic, entries)
  const partitions = entries.map(each => each.partition)
  const found = (await committedOffsets(link, group, { topic, partitions, stable: true })).get(topic)
  const wrong = entries.filter(({ partition, offset, metadata }) => {
    const now = found?.get(partition)
    return now?.offset !== offset || now.metadata !== metadata
  })
  if (wrong.length === 0) return
  throw new RunError(`Group ${group} does not stand where it was put, on ${wrong.length} partitions of ${topic}`, {
    code: 'not-as-committed',
    hint: 'Something else commits for this group. Stop it, then give the same command again.',
    details: wrong.map(({ partition, offset }) => ({
      at: String(partition),
      message: `put at ${offset}, stands at ${found?.get(partition)?.offset ?? 'nothing'}`,
    })),
  })
}
