import { describeTopic } from '../../brokers/kafka/admin/topics.js'
import type { Link } from '../../brokers/kafka/link.js'
import { Refusal } from '../../errors.js'

/** Where a run works on a topic. */
type Placed = { readonly run: string; readonly topic: string; readonly topicId?: string; readonly clusterId: string }

/** Throws Refusal `stale` where the address leads to another cluster or topic than the plan's. */
export async function assertSamePlace(plan: Placed, link: Link): Promise<void> {
  const topic = await describeTopic(link, plan.topic)
  const differs = [
    ...other('cluster id', plan.clusterId, link.clusterId),
    ...other('topic', plan.topic, topic?.name ?? 'gone'),
    ...(topic === undefined || plan.topicId === undefined ? [] : other('topic id', plan.topicId, topic.id)),
  ]
  const [first] = differs
  if (first === undefined) return
  throw new Refusal(`Run ${plan.run} belongs elsewhere: ${first.at} ${first.message}`, {
    code: 'stale',
    hint: 'The address leads to another cluster, or the topic was deleted or made anew. Give the right one with --source.',
    details: differs,
  })
}

const other = (at: string, planned: string, now: string) =>
  planned === now ? [] : [{ at, message: `planned ${planned} / now ${now}` }]
