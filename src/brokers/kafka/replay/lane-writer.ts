import type { Outgoing } from '../../../replay/ports.js'
import type { Link } from '../link.js'
import { BufferPool } from '../records/buffer-pool.js'
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
  readonly producer: Producer
  /** Adds partitions to the open transaction before data goes to them. */
  readonly include: (topic: string, partitions: readonly number[]) => Promise<void>
}

const BATCH_BYTES = 256 << 10
const SMALLEST_BATCH = 1 << 10
/** Idle buffers that are kept for each topic. */
const KEEP = 8
/** More never waits: a page is smaller. */
const BUDGET = 64 << 20

/** Packs records into batches, in their order within a partition, and sends them. For one life of a transactional producer. */
export class LaneWriter {
  readonly #of: LaneWriterOf
  readonly #topics = new Map<string, { readonly queue: ProduceQueue; readonly pool: BufferPool }>()

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
        const { pool, queue } = this.#topic(target)
        at = { builder: new BatchBuilder(partition, pool), queue }
        builders.set(place, at)
      }
      pack(at, section, item.codec ?? 0)
    }
    for (const { builder, queue } of builders.values()) queue.put(builder.partition, builder.pack())
    await Promise.all([...this.#topics.values()].map(({ queue }) => queue.flush(hard)))
  }

  #topic({ topic, leaders, maxMessageBytes }: TargetTopic) {
    let known = this.#topics.get(topic)
    if (known === undefined) {
      const { link, purpose, include, producer } = this.#of
      const target = { link, leaders, purpose, budget: BUDGET, include: (p: readonly number[]) => include(topic, p) }
      // A batch as a whole is bound by max.message.bytes.
      const pool = new BufferPool(Math.max(SMALLEST_BATCH, Math.min(BATCH_BYTES, maxMessageBytes)), KEEP)
      known = { queue: new ProduceQueue(target, producer), pool }
      this.#topics.set(topic, known)
    }
    return known
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
