import { BrokerError, UserError } from '../../../errors.js'
import type { Link } from '../link.js'
import { describeTopic } from './topics.js'

/** Splits partitions of a topic by the broker that leads them. Throws UserError `no-topic`, BrokerError without a leader. */
export async function byLeader(
  link: Link,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const found = await describeTopic(link, topic)
  if (found === undefined) throw noTopic(topic)
  const leaders = new Map(found.partitions.map(({ partition, leader }) => [partition, leader]))
  const split = new Map<number, number[]>()
  for (const partition of partitions) {
    const leader = leaders.get(partition)
    if (leader === undefined) throw noPartition(topic, partition)
    if (leader < 0) throw noLeader(topic, partition)
    const led = split.get(leader)
    if (led) led.push(partition)
    else split.set(leader, [partition])
  }
  return split
}

/** The topic that somebody named is not there. */
export const noTopic = (topic: string): UserError =>
  new UserError(`There is no topic ${topic}`, { code: 'no-topic', hint: 'Check the name; nothing was created.' })

const noPartition = (topic: string, partition: number): UserError =>
  new UserError(`Topic ${topic} has no partition ${partition}`, { code: 'no-partition', hint: 'Was it created anew?' })

const noLeader = (topic: string, partition: number): BrokerError =>
  new BrokerError(`Partition ${partition} of ${topic} has no leader now`, {
    retry: true,
    code: 'LEADER_NOT_AVAILABLE',
    hint: 'Bring the brokers that hold its replicas back.',
  })
