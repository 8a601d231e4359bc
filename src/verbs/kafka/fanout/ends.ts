import { describeGroup } from '../../../brokers/kafka/admin/describe-group.js'
import { proveWorkPermissions } from '../../../brokers/kafka/admin/permissions.js'
import type { Link } from '../../../brokers/kafka/link.js'
import { memberReason } from '../../../brokers/kafka/relay/watch-group.js'
import type { FanoutPlan } from '../../../core/fanout-plan.js'
import type { FanEnds } from '../../fanout/ends.js'
import { assertSamePlace } from '../same-place.js'
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
