import { formatAddress } from '../../../core/address.js'
import type { Message } from '../../../core/message.js'
import { murmur2 } from '../../../core/murmur2.js'
import type { Gate } from '../../../core/ports.js'
import type { Sender } from '../../../fanout/ports.js'
import type { Link } from '../link.js'
import { BufferPool } from '../records/buffer-pool.js'
import { Leaders } from '../relay/leaders.js'
import { Delivery } from './delivery.js'
import { type Extra, type Section, sectionOf } from './record-section.js'
import { SendLane } from './send-lane.js'

const BATCH_BYTES = 256 << 10
/** Idle buffers that are kept. */
const KEEP = 16

export type SenderRequest = {
  readonly link: Link
  readonly topic: string
  /** Where troubles with the target show. */
  readonly gate?: Gate
}

/**
 * Opens an idempotent producer to a topic that is there (KIP-98, without transactions). Throws RunError `topic-gone`, UserError `permission`, BrokerError.
 */
export async function openKafkaSender(request: SenderRequest): Promise<KafkaSender> {
  return new KafkaSender(request, await Leaders.of(request.link, request.topic))
}

/** Sends messages as they are: key, value, headers and time. Calls of the same moment share batches and requests. */
export class KafkaSender implements Sender {
  readonly target: string
  readonly #leaders: Leaders
  readonly #delivery: Delivery
  readonly #lanes = new Map<number, SendLane>()
  readonly #pool = new BufferPool(BATCH_BYTES, KEEP)
  #turn = 0

  constructor({ link, topic, gate }: SenderRequest, leaders: Leaders) {
    this.target = formatAddress({ kind: 'kafka', brokers: [...link.settings.brokers], topic })
    this.#leaders = leaders
    this.#delivery = new Delivery({ link, leaders, lanes: this.#lanes, ...(gate === undefined ? {} : { gate }) })
  }

  send(message: Message, extra: Extra = []): Promise<void> {
    return this.put(sectionOf(message, extra, Date.now), this.#partition(message.key))
  }

  /** Sends a record to one partition; resolves and throws as `send` does. */
  put(section: Section, partition: number): Promise<void> {
    return new Promise((done, failed) => {
      this.#lane(partition).put({ section, done, failed })
      this.#delivery.kick()
    })
  }

  /** Resolves when everything that was sent has its answer. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#delivery.flush()
  }

  /** As Java's default partitioner places keys; null keys go round. */
  #partition(key: Buffer | null): number {
    const partitions = this.#leaders.partitions
    if (key !== null) return murmur2(key, 0, key.length) % partitions
    this.#turn = (this.#turn + 1) % partitions
    return this.#turn
  }

  #lane(partition: number): SendLane {
    let lane = this.#lanes.get(partition)
    if (lane === undefined) {
      lane = new SendLane(partition, this.#pool)
      this.#lanes.set(partition, lane)
    }
    return lane
  }
}
