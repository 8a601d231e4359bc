import { createTopic } from '../../../brokers/kafka/admin/create-topic.js'
import { listOffsets } from '../../../brokers/kafka/admin/list-offsets.js'
import { describeTopic } from '../../../brokers/kafka/admin/topics.js'
import { failpoint } from '../../../core/failpoint.js'
import { BrokerError, RunError } from '../../../errors.js'
import type { Draining } from './events.js'

/** Longest that a busy broker may take to serve a new topic of thousands of partitions. Milliseconds. */
const SERVED_WITHIN_MS = 60_000

/** The temporary topic of the plan; on a resume it must still be there once something was copied into it. */
export async function makeTopic(running: Draining, copied: bigint): Promise<void> {
  const {
    plan,
    links: { target },
  } = running
  const there = await describeTopic(target, plan.targetTopic)
  if (there) return untilServed(running)
  if (copied > 0n) {
    throw new RunError(`The temporary topic ${plan.targetTopic} is gone, with ${copied} copied messages`, {
      code: 'topic-gone',
      hint: 'Find out who deleted it. The source still holds them until its retention: see the ranges in `spillway report`.',
    })
  }
  failpoint('before-topic-create')
  await createTopic(target, {
    name: plan.targetTopic,
    partitions: plan.targetLanes,
    replication: plan.replication,
    settings: plan.topicSettings,
  })
  failpoint('after-topic-create')
  await untilServed(running)
}

/** The leaders of a new topic are named before they serve it; a transaction that meets NOT_LEADER there costs 30 s to abort. */
async function untilServed({ links: { target }, plan, soft }: Draining): Promise<void> {
  const partitions = Array.from({ length: plan.targetLanes }, (_, partition) => partition)
  for (const until = Date.now() + SERVED_WITHIN_MS; ; ) {
    try {
      await listOffsets(target, plan.targetTopic, partitions, 'latest')
      return
    } catch (error) {
      const again = error instanceof BrokerError && error.retry && Date.now() < until && !soft.aborted
      if (!again) throw error
    }
  }
}
