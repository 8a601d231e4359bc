import type { Link } from '../link.js'
import { principalOf } from '../settings.js'
import { askMetadata, checkTopic, type PartitionMetadata, type TopicMetadata } from '../wire/metadata.js'
import { patiently } from './patiently.js'

const UNKNOWN_TOPIC_OR_PARTITION = 3
const INVALID_TOPIC = 17
const TOPIC_AUTHORIZATION_FAILED = 29

/** A topic that is there; `id` is empty below Kafka 2.8. Partitions are in their order. */
export type TopicDescription = {
  readonly id: string
  readonly name: string
  readonly internal: boolean
  readonly partitions: readonly PartitionMetadata[]
}

/** Looks at a topic without creating it; undefined when it is not there. Throws UserError `permission`, BrokerError. */
export function describeTopic(link: Link, topic: string): Promise<TopicDescription | undefined> {
  return patiently(link, async () => {
    const found = await lookUp(link, topic)
    if (found === undefined || found.error === UNKNOWN_TOPIC_OR_PARTITION || found.error === INVALID_TOPIC) return
    checkTopic(found, principalOf(link.settings))
    return described(found)
  })
}

const lookUp = async (link: Link, topic: string): Promise<TopicMetadata | undefined> =>
  (await askMetadata(await link.any(), link, [topic])).topics.find(each => each.name === topic)

const described = ({ id, name, internal, partitions }: TopicMetadata): TopicDescription => ({
  id,
  name,
  internal,
  partitions: [...partitions].sort((a, b) => a.partition - b.partition),
})

/** All topics that the user may see, internal ones flagged, and what each broker holds of them. */
export type TopicList = {
  readonly topics: readonly TopicDescription[]
  /** Broker to the number of replicas that it holds, and of partitions that it leads; internal topics count. */
  readonly byBroker: ReadonlyMap<number, { readonly replicas: number; readonly leaders: number }>
}

/** Lists the topics of the cluster. Throws BrokerError. */
export function listTopics(link: Link): Promise<TopicList> {
  return patiently(link, async () => {
    const { topics, brokers } = await askMetadata(await link.any(), link, null)
    const seen = topics.filter(topic => topic.error === 0).map(described)
    return {
      topics: seen,
      byBroker: placement(
        seen,
        brokers.map(broker => broker.node),
      ),
    }
  })
}

function placement(topics: readonly TopicDescription[], nodes: readonly number[]): TopicList['byBroker'] {
  const counts = new Map(nodes.map(node => [node, { replicas: 0, leaders: 0 }]))
  for (const { replicas, leader } of topics.flatMap(topic => topic.partitions)) {
    for (const node of replicas) bump(counts, node).replicas++
    if (leader >= 0) bump(counts, leader).leaders++
  }
  return counts
}

function bump(counts: Map<number, { replicas: number; leaders: number }>, node: number) {
  const count = counts.get(node) ?? { replicas: 0, leaders: 0 }
  counts.set(node, count)
  return count
}

/** Whether an internal topic is there, without creating it; `hidden` when the user may not see it. Throws BrokerError. */
export function internalTopicExists(
  link: Link,
  name: '__consumer_offsets' | '__transaction_state',
): Promise<boolean | 'hidden'> {
  return patiently(link, async () => {
    const found = await lookUp(link, name)
    if (found?.error === TOPIC_AUTHORIZATION_FAILED) return 'hidden'
    return found !== undefined && found.error !== UNKNOWN_TOPIC_OR_PARTITION
  })
}
