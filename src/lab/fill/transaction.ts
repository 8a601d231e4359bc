import { findCoordinator } from '../../brokers/kafka/admin/coordinator.js'
import { patiently } from '../../brokers/kafka/admin/patiently.js'
import type { Link, Wire } from '../../brokers/kafka/link.js'
import {
  addPartitionsToTxn,
  endTxn,
  type InTransaction,
  initProducerId,
} from '../../brokers/kafka/wire/transactions.js'

const TIMEOUT_MS = 60_000

/** A real transactional producer's side of the coordinator: begin, then end, again and again. */
export class Transaction {
  readonly producer: InTransaction
  readonly #link: Link
  readonly #wire: Wire
  readonly #topic: string
  readonly #partitions: readonly number[]

  private constructor(parts: {
    link: Link
    wire: Wire
    producer: InTransaction
    topic: string
    partitions: readonly number[]
  }) {
    this.#link = parts.link
    this.#wire = parts.wire
    this.producer = parts.producer
    this.#topic = parts.topic
    this.#partitions = parts.partitions
  }

  /** Gets a producer id; an older fill of the same topic that still runs is fenced. Throws BrokerError. */
  static async open(link: Link, topic: string, partitions: readonly number[]): Promise<Transaction> {
    const transactionalId = `spillway-lab-fill-${topic}`
    const wire = await link.wire(await findCoordinator(link, transactionalId, 'transaction'))
    const got = await patiently(link, () => initProducerId(wire, { transactionalId, timeoutMs: TIMEOUT_MS }))
    return new Transaction({ link, wire, producer: { ...got, transactionalId }, topic, partitions })
  }

  /** Adds all partitions, retried while the markers of the transaction before are still on their way. Throws BrokerError. */
  async begin(): Promise<void> {
    const added = { ...this.producer, topic: this.#topic, partitions: this.#partitions }
    await patiently(this.#link, () => addPartitionsToTxn(this.#wire, added))
  }

  /** Commits or aborts. Throws BrokerError. */
  async end(commit: boolean): Promise<void> {
    await patiently(this.#link, () => endTxn(this.#wire, { ...this.producer, commit }))
  }
}
