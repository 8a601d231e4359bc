import type { Outgoing } from '../../../replay/ports.js'
import type { Link } from '../link.js'
import type { BufferPool } from '../records/buffer-pool.js'
import { BatchBuilder } from '../records/builder.js'
import { ProduceQueue, type Producer } from '../relay/produce-queue.js'
import type { Section } from '../work/record-section.js'
import type { TargetTopic } from './target-topics.js'

/** A message as the record that it becomes, and where. */
export type Ready = {
  readonly item: Outgoing
  readonly section: Section
  readonly target: TargetTopic
  readonly partition: number
}

export type LaneWriterOf = {
  readonly link: Link
  /** Name of this writer's own connection to each broker. */
  readonly purpose: string
  readonly pool: BufferPool
  readonly producer: Producer
  /** Adds partitions to the open transaction before data goes to them. */
  readonly include: (topic: string, partitions: readonly number[]) => Promise<void>
}

/** More never waits: a page is smaller. */
const BUDGET = 64 << 20

/** Packs records into batches, in their order within a partition, and sends them. For one life of a transactional producer. */
export class LaneWriter {
  readonly #of: LaneWriterOf
  readonly #queues = new Map<string, ProduceQueue>()

  constructor(of: LaneWriterOf) {
    this.#of = of
  }

  /** Sends records; resolves when all are acknowledged. Throws what failed; no more is to be sent then. */
  async send(records: readonly Ready[], hard: AbortSignal): Promise<void> {
    const builders = new Map<string, { builder: BatchBuilder; queue: ProduceQueue }>()
    for (const { item, section, target, partition } of records) {
      const place = `${target.topic}/${partition}`
      let at = builders.get(place)
      if (at === undefined) {
        at = { builder: new BatchBuilder(partition, this.#of.pool), queue: this.#queue(target) }
        builders.set(place, at)
      }
      pack(at, section, item.codec ?? 0)
    }
    for (const { builder, queue } of builders.values()) queue.put(builder.partition, builder.pack())
    await Promise.all([...this.#queues.values()].map(queue => queue.flush(hard)))
  }

  #queue({ topic, leaders }: TargetTopic): ProduceQueue {
    let queue = this.#queues.get(topic)
    if (queue === undefined) {
      const { link, purpose, include, producer } = this.#of
      const target = { link, leaders, purpose, budget: BUDGET, include: (p: readonly number[]) => include(topic, p) }
      queue = new ProduceQueue(target, producer)
      this.#queues.set(topic, queue)
    }
    return queue
  }
}

function pack(
  { builder, queue }: { builder: BatchBuilder; queue: ProduceQueue },
  section: Section,
  codec: number,
): void {
  const { data, start, end, origin, time } = section
  const other = builder.codec !== codec || builder.origin !== origin
  if (builder.records > 0 && (other || !builder.fits(end - start))) queue.put(builder.partition, builder.pack())
  builder.codec = codec
  builder.origin = origin
  builder.append(data, start, end, 0, time)
}
