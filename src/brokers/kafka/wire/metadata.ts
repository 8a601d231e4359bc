import { check } from '../errors.js'
import type { BrokerAddress, Link, Wire } from '../link.js'
import { call } from './call.js'
import type { Reader } from './reader.js'

/** A partition as Metadata tells it; `leader` is -1 while there is none, `leaderEpoch` -1 where unknown. */
export type PartitionMetadata = {
  readonly partition: number
  readonly leader: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly error: number
}

/** A topic as Metadata tells it; `id` is empty below Kafka 2.8. */
export type TopicMetadata = {
  readonly error: number
  readonly name: string
  readonly id: string
  readonly internal: boolean
  readonly partitions: readonly PartitionMetadata[]
}

/** What Metadata says of the cluster. */
export type Metadata = {
  readonly clusterId: string
  readonly controller: number
  readonly brokers: readonly BrokerAddress[]
  readonly topics: readonly TopicMetadata[]
}

const METADATA = 3

/**
 * Metadata v10 (topic ids, KIP-516), or v7 below Kafka 2.8; never lets the broker create a topic. `topics` null means
 * all, an empty list none.
 */
export function askMetadata(
  wire: Wire,
  link: Pick<Link, 'supports'>,
  topics: readonly string[] | null,
): Promise<Metadata> {
  return link.supports(METADATA, 10) ? askV10(wire, topics) : askV7(wire, topics)
}

const askV10 = (wire: Wire, topics: readonly string[] | null): Promise<Metadata> =>
  call(wire, {
    request: { api: METADATA, version: 10, name: 'Metadata', flexible: true, throttleAt: 0 },
    write: w =>
      w
        .carray(topics, (name, w) => w.uuid(NO_ID).cstr(name).tags())
        .bool(false)
        .bool(false)
        .bool(false)
        .tags(),
    read: r => {
      r.i32()
      const brokers = r.carray(r => broker(r.i32(), r.cstr(), r.i32(), [r.nullableCstr(), r.tags()]))
      return { brokers, clusterId: r.cstr(), controller: r.i32(), topics: r.carray(topicV10) }
    },
  })

const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'

const broker = (node: number, host: string, port: number, _rest: unknown): BrokerAddress => ({ node, host, port })

function topicV10(r: Reader): TopicMetadata {
  const topic = { error: r.i16(), name: r.cstr(), id: r.uuid(), internal: r.bool(), partitions: r.carray(partitionV10) }
  r.skip(4).tags()
  return topic
}

function partitionV10(r: Reader): PartitionMetadata {
  const [error, partition, leader, leaderEpoch] = [r.i16(), r.i32(), r.i32(), r.i32()]
  const [replicas, isr] = [r.carray(r => r.i32()), r.carray(r => r.i32())]
  r.carray(r => r.i32())
  r.tags()
  return { error, partition, leader, leaderEpoch, replicas, isr }
}

const askV7 = (wire: Wire, topics: readonly string[] | null): Promise<Metadata> =>
  call(wire, {
    request: { api: METADATA, version: 7, name: 'Metadata', throttleAt: 0 },
    write: w => w.array(topics, (name, w) => w.str(name)).bool(false),
    read: r => {
      r.i32()
      const brokers = r.array(r => broker(r.i32(), r.str(), r.i32(), r.nullableStr()))
      return { brokers, clusterId: r.str(), controller: r.i32(), topics: r.array(topicV7) }
    },
  })

const topicV7 = (r: Reader): TopicMetadata => ({
  error: r.i16(),
  name: r.str(),
  id: '',
  internal: r.bool(),
  partitions: r.array(partitionV7),
})

function partitionV7(r: Reader): PartitionMetadata {
  const [error, partition, leader, leaderEpoch] = [r.i16(), r.i32(), r.i32(), r.i32()]
  const [replicas, isr] = [r.array(r => r.i32()), r.array(r => r.i32())]
  r.array(r => r.i32())
  return { error, partition, leader, leaderEpoch, replicas, isr }
}

/** Throws when the broker could not give metadata of the topic for a reason other than that it is not there. */
export function checkTopic(topic: TopicMetadata, principal: string): void {
  if (topic.error === 5) return
  check(topic.error, { doing: `Looking at topic ${topic.name}`, topic: topic.name, operation: 'Describe', principal })
}
