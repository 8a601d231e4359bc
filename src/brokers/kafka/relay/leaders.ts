import { BrokerError, RunError } from '../../../errors.js'
import { describeTopic } from '../admin/topics.js'
import { fromKafka } from '../errors.js'
import type { Link } from '../link.js'

/** Who leads each partition of one topic; looked up anew after a broker said that it does not lead any more. */
export class Leaders {
  readonly topic: string
  readonly id: string
  readonly #link: Link
  #byPartition = new Map<number, number>()

  private constructor(link: Link, topic: string, id: string) {
    this.#link = link
    this.topic = topic
    this.id = id
  }

  /** Reads the leaders of `topic`; throws RunError `topic-gone` when it is not there. */
  static async of(link: Link, topic: string): Promise<Leaders> {
    const described = await describeTopic(link, topic)
    if (!described) throw topicGone(topic)
    const leaders = new Leaders(link, topic, described.id)
    leaders.#learn(described.partitions)
    return leaders
  }

  /** Node id that leads `partition`; throws a BrokerError worth a retry while there is none. */
  of(partition: number): number {
    const leader = this.#byPartition.get(partition)
    if (leader === undefined || leader < 0) {
      throw new BrokerError(`Partition ${partition} of ${this.topic} has no leader`, {
        code: 'LEADER_NOT_AVAILABLE',
        retry: true,
      })
    }
    return leader
  }

  get partitions(): number {
    return this.#byPartition.size
  }

  /** Looks the leaders up anew. Throws `topic-gone` or `topic-recreated`: the name then stands for other data. */
  async refresh(): Promise<void> {
    await this.#link.refresh()
    const described = await describeTopic(this.#link, this.topic)
    if (!described) throw topicGone(this.topic)
    if (this.id !== '' && described.id !== '' && described.id !== this.id) {
      throw new RunError(`Topic ${this.topic} was deleted and created again while this run was at work`, {
        code: 'topic-recreated',
        hint: `Its id was ${this.id}, now it is ${described.id}: what the old one held is gone. Plan again.`,
      })
    }
    this.#learn(described.partitions)
  }

  /** The error for a protocol error code, its resource named. */
  async fault(code: number, doing: string): Promise<Error> {
    return fromKafka(code, { topic: this.topic, doing })
  }

  #learn(partitions: readonly { partition: number; leader: number }[]): void {
    this.#byPartition = new Map(partitions.map(p => [p.partition, p.leader]))
  }
}

function topicGone(topic: string): RunError {
  return new RunError(`Topic ${topic} is not there any more`, {
    code: 'topic-gone',
    hint: 'What was copied stays in the temporary topic; `spillway report RUN` shows how far the run came.',
  })
}
