import { listOffsets } from '../../../brokers/kafka/admin/list-offsets.js'
import { committedOffsets } from '../../../brokers/kafka/admin/offsets.js'
import { describeTopic } from '../../../brokers/kafka/admin/topics.js'
import type { Link } from '../../../brokers/kafka/link.js'
import type { KafkaAddress } from '../../../core/address.js'
import { UserError } from '../../../errors.js'

/** Records of a topic that a group has not read, holes and markers included; of a partition without a commit all of it. Throws UserError, BrokerError. */
export async function waitingFor(link: Link, { topic }: KafkaAddress, group: string | undefined): Promise<bigint> {
  if (group === undefined || topic === undefined)
    throw new UserError('no group says what is read', {
      code: 'no-group',
      hint: 'Name the group that reads the topic: --target-group G.',
    })
  const described = await describeTopic(link, topic)
  if (described === undefined) throw new UserError(`Topic ${topic} is not there`, { code: 'no-topic' })
  const partitions = described.partitions.map(({ partition }) => partition)
  const [ends, begins, committed] = await Promise.all([
    listOffsets(link, topic, partitions, 'latest'),
    listOffsets(link, topic, partitions, 'earliest'),
    committedOffsets(link, group, { topic }),
  ])
  const marks = committed.get(topic)
  const behind = partitions.map(partition => {
    const begin = begins.get(partition)?.offset ?? 0
    const read = Math.max(begin, marks?.get(partition)?.offset ?? begin)
    return Math.max(0, (ends.get(partition)?.offset ?? 0) - read)
  })
  return behind.reduce((sum, each) => sum + BigInt(each), 0n)
}
