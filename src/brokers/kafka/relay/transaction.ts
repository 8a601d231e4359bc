import { failpoint } from '../../../core/failpoint.js'
import { BrokerError } from '../../../errors.js'
import { findCoordinator } from '../admin/coordinator.js'
import type { Link, Wire } from '../link.js'
import { addOffsetsToTxn, addPartitionsToTxn, endTxn, initProducerId, txnOffsetCommit } from '../wire/transactions.js'

/** A transaction that its runner left alone for this long is ended by the coordinator. */
export const TRANSACTION_TIMEOUT_MS = 15_000
/** How long a busy or moving coordinator is asked again before the error counts. */
const PATIENCE_MS = 20_000
/** The coordinator still writes the markers of the transaction before (KIP-98); it takes a few ms. */
const BUSY = new Set(['CONCURRENT_TRANSACTIONS'])
const MOVING = new Set(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS'])

export type TransactionTarget = {
  readonly link: Link
  readonly transactionalId: string
  /** Where data goes, unless `include` names another topic. */
  readonly targetTopic: string
  readonly group: string
  readonly sourceTopic: string
}

/**
 * The transactions of one transactional id, one after another: begin by `include`, end by `commitOffset` and `end`.
 * Data and the group's offsets become visible together (KIP-98).
 */
export class Transaction {
  producerId = -1n
  epoch = -1
  readonly #target: TransactionTarget
  /** Partitions that are in it, by topic. */
  readonly #included = new Map<string, Set<number>>()
  /** Partitions of the transaction before: the next one most likely writes to them too, and one request adds them all. */
  readonly #usual = new Map<string, readonly number[]>()
  #offsetsIncluded = false
  #coordinator: Wire | undefined
  #groupCoordinator: Wire | undefined
  #queue: Promise<unknown> = Promise.resolve()

  constructor(target: TransactionTarget) {
    this.#target = target
  }

  get open(): boolean {
    return this.#included.size > 0 || this.#offsetsIncluded
  }

  /** Ends whatever an earlier owner of the id left open and fences it (InitProducerId). */
  async init(): Promise<void> {
    const { transactionalId } = this.#target
    const got = await this.#patiently(
      () => this.#transactional(),
      wire => initProducerId(wire, { transactionalId, timeoutMs: TRANSACTION_TIMEOUT_MS }),
    )
    this.producerId = got.producerId
    this.epoch = got.epoch
    this.#forget()
  }

  /** Adds target partitions to the open transaction; those that are in it already cost nothing. */
  include(partitions: readonly number[], topic = this.#target.targetTopic): Promise<void> {
    const missing = (wanted: readonly number[]) => wanted.filter(p => this.#included.get(topic)?.has(p) !== true)
    if (missing(partitions).length === 0) return this.#queue.then(() => undefined)
    const usual = this.#usual.get(topic) ?? []
    const next = this.#queue.then(() => this.#add(topic, missing([...partitions, ...usual])))
    this.#queue = next.catch(() => undefined)
    return next
  }

  /** Puts the group's new position into the transaction; nothing is visible before `end(true)`. */
  async commitOffset(entries: readonly { partition: number; offset: number; metadata: string }[]): Promise<void> {
    const { group, sourceTopic } = this.#target
    await this.#queue
    await this.#patiently(
      () => this.#transactional(),
      wire => addOffsetsToTxn(wire, { ...this.#who(), group }),
    )
    this.#offsetsIncluded = true
    failpoint('before-commit')
    await this.#patiently(
      () => this.#grouped(),
      wire => txnOffsetCommit(wire, { ...this.#who(), group, topic: sourceTopic, entries: [...entries] }),
    )
    failpoint('after-offset-commit')
  }

  /** Commits or aborts. Asking twice is harmless: the coordinator answers the same for a transaction that it ended so. */
  async end(commit: boolean): Promise<void> {
    await this.#queue
    if (!this.open) return
    failpoint('before-end-txn')
    await this.#patiently(
      () => this.#transactional(),
      wire => endTxn(wire, { ...this.#who(), commit }),
    )
    failpoint('after-end-txn')
    this.#forget()
  }

  async #add(topic: string, partitions: readonly number[]): Promise<void> {
    if (partitions.length === 0) return
    await this.#patiently(
      () => this.#transactional(),
      wire => addPartitionsToTxn(wire, { ...this.#who(), topic, partitions: [...new Set(partitions)] }),
    )
    const included = this.#included.get(topic) ?? new Set()
    this.#included.set(topic, included)
    for (const p of partitions) included.add(p)
  }

  #forget(): void {
    this.#usual.clear()
    for (const [topic, partitions] of this.#included) this.#usual.set(topic, [...partitions])
    this.#included.clear()
    this.#offsetsIncluded = false
  }

  #who() {
    return { transactionalId: this.#target.transactionalId, producerId: this.producerId, epoch: this.epoch }
  }

  async #transactional(): Promise<Wire> {
    const { link, transactionalId } = this.#target
    if (!this.#coordinator?.connected)
      this.#coordinator = await link.wire(await findCoordinator(link, transactionalId, 'transaction'), transactionalId)
    return this.#coordinator
  }

  async #grouped(): Promise<Wire> {
    const { link, group, transactionalId } = this.#target
    if (!this.#groupCoordinator?.connected)
      this.#groupCoordinator = await link.wire(await findCoordinator(link, group, 'group'), transactionalId)
    return this.#groupCoordinator
  }

  async #patiently<T>(wire: () => Promise<Wire>, ask: (wire: Wire) => Promise<T>): Promise<T> {
    const until = Date.now() + PATIENCE_MS
    for (let wait = 2; ; wait = Math.min(wait * 2, 500)) {
      try {
        return await ask(await wire())
      } catch (error) {
        const code = error instanceof BrokerError ? error.code : ''
        if (Date.now() > until || !(BUSY.has(code) || MOVING.has(code))) throw error
        if (MOVING.has(code)) {
          this.#coordinator = undefined
          this.#groupCoordinator = undefined
        }
        await new Promise(resolve => setTimeout(resolve, BUSY.has(code) ? Math.min(wait, 8) : wait))
      }
    }
  }
}
