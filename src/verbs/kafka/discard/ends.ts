import { describeGroup } from '../../../brokers/kafka/admin/describe-group.js'
import { kafkaFormat } from '../../../brokers/kafka/archive/format.js'
import { proveDiscard } from '../../../brokers/kafka/discard/prove.js'
import type { Link } from '../../../brokers/kafka/link.js'
import { memberReason } from '../../../brokers/kafka/relay/watch-group.js'
import type { DiscardPlan } from '../../../core/discard-plan.js'
import type { DiscardEnds } from '../../discard/ends.js'
import { assertSamePlace } from '../same-place.js'
import { discardEvents } from './events.js'

/** What the verb of a discard does over a connection to Kafka. */
export const discardEndsOf = (link: Link, topic: string): DiscardEnds => ({
  format: kafkaFormat(topic),
  events: running => discardEvents(link, running),
  prove: plan => proveDiscard({ ...proving(plan), link, deletes: plan.how === 'delete-records' }),
  assertSamePlace: plan => assertSamePlace(plan, link),
  busy: async ({ group = '' }) => {
    const view = await describeGroup(link, group)
    return view.verdict === 'idle' ? undefined : memberReason(view)
  },
  [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
})

const proving = ({ topic, group = '', lanes: [first] }: DiscardPlan) => ({
  topic,
  group,
  partition: Number(first?.lane ?? 0),
  offset: Number(first?.from ?? 0),
})
