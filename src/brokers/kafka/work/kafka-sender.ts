import { formatAddress } from '../../../core/address.js'
import type { Message } from '../../../core/message.js'
import { murmur2 } from '../../../core/murmur2.js'
import type { Gate } from '../../../core/ports.js'
import type { Sender } from '../../../fanout/ports.js'
import type { Link } from '../link.js'
import { BufferPool } from '../records/buffer-pool.js'
import { Leaders } from '../relay/leaders.js'
import { Delivery } from './delivery.js'
import { type Extra, sectionOf } from './record-section.js'
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
export async function openKafkaSender(request: SenderRequest): Promise<Sender> {
  return new KafkaSender(request, await Leaders.of(request.link, request.topic))
}

/** Sends messages as they are: key, value, headers and time. Calls of the same moment share batches and requests. */
class KafkaSender implements Sender {
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
    const section = sectionOf(message, extra, Date.now)
    return new Promise((done, failed) => {
      this.#lane(this.#partition(message.key)).put({ section, done, failed })
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
