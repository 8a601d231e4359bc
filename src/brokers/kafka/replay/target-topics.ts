import { murmur2 } from '../../../core/murmur2.js'
import type { Destination, Outgoing } from '../../../replay/ports.js'
import { topicSettings } from '../admin/configs.js'
import { describeTopic } from '../admin/topics.js'
import type { Link } from '../link.js'
import { Leaders } from '../relay/leaders.js'

/** A topic that messages go to. */
export type TargetTopic = {
  readonly topic: string
  readonly leaders: Leaders
  /** Largest batch that it takes, in bytes. */
  readonly maxMessageBytes: number
  /** It keeps the last record of each key, and takes none without a key. */
  readonly compacted: boolean
}

/** The Java client's and Kafka's own limit, where a topic does not say (TopicConfig.MAX_MESSAGE_BYTES_CONFIG). */
const USUAL_MAX = 1_048_588

export type TargetTopicsOf = {
  readonly link: Link
  /** Where messages go that do not name their topic. */
  readonly topic: string | undefined
  /** Partitions of what the messages came from: with as many at the target each keeps its own. */
  readonly sourcePartitions: number | undefined
}

/** The topics of a replay, looked up once each when they are first needed. */
export class TargetTopics {
  readonly #of: TargetTopicsOf
  readonly #known = new Map<string, Promise<TargetTopic | undefined>>()
  #turn = 0

  constructor(of: TargetTopicsOf) {
    this.#of = of
  }

  /** The topic's name for a message; undefined where it has none. */
  nameOf(to: Destination | undefined): string | undefined {
    return to !== undefined && 'topic' in to ? to.topic : this.#of.topic
  }

  /** A topic; undefined where it is not there. Throws UserError `permission`, BrokerError. */
  get(topic: string): Promise<TargetTopic | undefined> {
    const known = this.#known.get(topic)
    if (known !== undefined) return known
    const asked = this.#look(topic)
    this.#known.set(topic, asked)
    asked.catch(() => this.#known.delete(topic))
    return asked
  }

  /** Looks the leaders of all topics up anew. Throws RunError `topic-gone`, `topic-recreated`, BrokerError. */
  async refresh(): Promise<void> {
    for (const found of this.#known.values()) await (await found)?.leaders.refresh()
  }

  /** The partition of a message: as named, the one that it came from where there are as many, else as Java's default partitioner places keys. */
  partitionOf({ message, to }: Pick<Outgoing, 'message' | 'to'>, { leaders: { partitions } }: TargetTopic): number {
    const named = to !== undefined && 'topic' in to ? to.partition : undefined
    if (named !== undefined && named < partitions) return named
    const own = this.#of.sourcePartitions === partitions ? Number(message.lane) : Number.NaN
    if (Number.isInteger(own) && own < partitions) return own
    const { key } = message
    if (key !== null) return murmur2(key, 0, key.length) % partitions
    this.#turn = (this.#turn + 1) % partitions
    return this.#turn
  }

  /** A request for a topic that is not there may make it (auto.create.topics.enable), so it is looked for first. */
  async #look(topic: string): Promise<TargetTopic | undefined> {
    const { link } = this.#of
    if ((await describeTopic(link, topic)) === undefined) return undefined
    const [leaders, settings] = await Promise.all([Leaders.of(link, topic), topicSettings(link, topic)])
    return {
      topic,
      leaders,
      maxMessageBytes: Number(settings['max.message.bytes'] ?? USUAL_MAX),
      compacted: (settings['cleanup.policy'] ?? '').includes('compact'),
    }
  }
}
