import { createTopic } from '../../brokers/kafka/admin/create-topic.js'
import { listOffsets } from '../../brokers/kafka/admin/list-offsets.js'
import { describeTopic, type TopicDescription } from '../../brokers/kafka/admin/topics.js'
import type { Link } from '../../brokers/kafka/link.js'
import { UserError } from '../../errors.js'
import type { Recipe } from './request.js'

/** Small segments, closed soon and cleaned as soon as anything in them is superseded. */
const COMPACTED = {
  'cleanup.policy': 'compact',
  'segment.bytes': '1048576',
  'segment.ms': '1000',
  'min.cleanable.dirty.ratio': '0.001',
  'min.compaction.lag.ms': '0',
  'max.compaction.lag.ms': '1000',
  'delete.retention.ms': '100',
}

/** Leader of each partition of the topic, which is made where it is missing. Throws UserError `no-topic`. */
export async function readyTopic(link: Link, recipe: Recipe): Promise<readonly number[]> {
  const { topic } = recipe
  if ((await describeTopic(link, topic)) === undefined) await make(link, recipe)
  const found = (await describeTopic(link, topic)) as TopicDescription
  const partitions = found.partitions.map(each => each.partition)
  // An answer from each leader proves that it takes produce requests by now.
  await listOffsets(link, topic, partitions, 'latest')
  return (await describeTopic(link, topic))?.partitions.map(each => each.leader) ?? []
}

async function make(link: Link, recipe: Recipe): Promise<void> {
  const { topic, create, partitions, replication, compacted, topicSettings } = recipe
  if (!create) throw new UserError(`There is no topic ${topic}`, { code: 'no-topic', hint: 'Leave --no-create away.' })
  const settings = { ...(compacted ? COMPACTED : {}), ...topicSettings }
  await createTopic(link, { name: topic, partitions, replication, settings })
}
