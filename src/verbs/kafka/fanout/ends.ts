import { describeGroup } from '../../../brokers/kafka/admin/describe-group.js'
import { proveWorkPermissions } from '../../../brokers/kafka/admin/permissions.js'
import { describeTopic } from '../../../brokers/kafka/admin/topics.js'
import type { Link } from '../../../brokers/kafka/link.js'
import { memberReason } from '../../../brokers/kafka/relay/watch-group.js'
import type { FanoutPlan } from '../../../core/fanout-plan.js'
import { Refusal } from '../../../errors.js'
import type { FanEnds } from '../../fanout/ends.js'
import { openIntake } from './intake.js'

/** What the verb of a fan-out does over a connection to Kafka. */
export const fanEndsOf = (link: Link): FanEnds => ({
  intake: running => openIntake(link, running),
  prove: ({ topic, group = '', lanes: [first] }) =>
    proveWorkPermissions({ link, topic, group, partition: Number(first?.lane ?? 0), offset: Number(first?.from ?? 0) }),
  assertSamePlace: plan => assertSamePlace(plan, link),
  // Others on temporary lanes are welcome: they share them.
  busy: async plan => (plan.reads === 'lanes' ? undefined : busyGroup(plan, link)),
  [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
})

const busyGroup = async ({ group = '' }: FanoutPlan, link: Link): Promise<string | undefined> => {
  const view = await describeGroup(link, group)
  return view.verdict === 'idle' ? undefined : memberReason(view)
}

const assertSamePlace = async (plan: FanoutPlan, link: Link): Promise<void> => {
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
