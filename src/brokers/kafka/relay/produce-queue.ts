import { failpoint } from '../../../core/failpoint.js'
import { BrokerError } from '../../../errors.js'
import type { Link } from '../link.js'
import type { Built } from '../records/builder.js'
import { nextSequence, stamp } from '../records/stamp.js'
import { type Appended, produceBatches } from '../wire/produce.js'
import type { Leaders } from './leaders.js'

/** A request is sent at about this size: four full batches. Larger ones gain nothing, smaller ones cost the broker. */
const REQUEST_BYTES = 1_060_000
/** Requests on their way on one connection; an idempotent producer may have five, beyond two nothing is gained. */
const IN_FLIGHT = 3
const REQUEST_TIMEOUT_MS = 30_000

type Entry = { readonly partition: number; readonly built: Built }
type Request = { entries: Entry[]; bytes: number }
type Lane = { sequence: number }

export type Producer = {
  readonly producerId: bigint
  readonly epoch: number
  /** Null without transactions. */
  readonly transactionalId: string | null
}

export type ProduceTarget = {
  readonly link: Link
  readonly leaders: Leaders
  /** Name of this writer's own connection to each broker. */
  readonly purpose: string
  /** Bytes that may wait or be on their way before `room` holds the caller up. */
  readonly budget: number
  /** Adds partitions to the open transaction before data goes to them. */
  readonly include: (partitions: readonly number[]) => Promise<void>
  /** Sees each acknowledged batch: partition, base offset, records. Throws to stop the run. */
  readonly acknowledged?: (partition: number, baseOffset: bigint, records: number) => void
}

/**
 * One writer's way to the target's leaders: batches are stamped in order, packed into requests of about 1 MB with at most
 * one batch a partition (the broker takes no more), and sent on one connection a broker. The first failure is final: the
 * caller gives the transaction up and begins again with a new queue.
 */
export class ProduceQueue {
  written = 0
  readonly #target: ProduceTarget
  readonly #producer: Producer
  readonly #lanes = new Map<number, Lane>()
  readonly #nodes = new Map<number, { open: Request; waiting: Request[]; inFlight: number; driving: boolean }>()
  #outstanding = 0
  #error: Error | undefined
  #wake: (() => void)[] = []

  constructor(target: ProduceTarget, producer: Producer) {
    this.#target = target
    this.#producer = producer
  }

  /** Queues a finished batch. Never waits; ask `room` between pieces. */
  put(partition: number, built: Built): void {
    const lane = this.#lane(partition)
    const { producerId, epoch, transactionalId } = this.#producer
    stamp(built.batch, { producerId, epoch, sequence: lane.sequence, transactional: transactionalId !== null })
    lane.sequence = nextSequence(lane.sequence, built.records)
    this.#outstanding += heldBy(built)
    const node = this.#node(this.#target.leaders.of(partition))
    const full = node.open.bytes + built.batch.length > REQUEST_BYTES
    if (full || node.open.entries.some(e => e.partition === partition)) this.#close(node)
    node.open.entries.push({ partition, built })
    node.open.bytes += built.batch.length
  }

  /** True while as much waits as the budget allows; then `room` is worth awaiting. */
  get crowded(): boolean {
    return this.#outstanding > this.#target.budget || this.#error !== undefined
  }

  /** Resolves once less than the budget is outstanding. Throws what failed. */
  async room(hard: AbortSignal): Promise<void> {
    while (this.#error === undefined && this.#outstanding > this.#target.budget) await this.#change(hard)
    if (this.#error) throw this.#error
  }

  /** Sends what is queued and resolves when all of it is acknowledged. Throws what failed. */
  async flush(hard: AbortSignal): Promise<void> {
    for (const node of this.#nodes.values()) this.#close(node)
    while (this.#error === undefined && this.#outstanding > 0) await this.#change(hard)
    if (this.#error) throw this.#error
  }

  #lane(partition: number): Lane {
    let lane = this.#lanes.get(partition)
    if (!lane) {
      lane = { sequence: 0 }
      this.#lanes.set(partition, lane)
    }
    return lane
  }

  #node(id: number) {
    let node = this.#nodes.get(id)
    if (!node) {
      node = { open: { entries: [], bytes: 0 }, waiting: [], inFlight: 0, driving: false }
      this.#nodes.set(id, node)
    }
    return node
  }

  #close(node: { open: Request; waiting: Request[]; inFlight: number; driving: boolean }): void {
    if (node.open.entries.length > 0) node.waiting.push(node.open)
    node.open = { entries: [], bytes: 0 }
    if (!node.driving) void this.#drive(node)
  }

  async #drive(node: { waiting: Request[]; inFlight: number; driving: boolean }): Promise<void> {
    node.driving = true
    try {
      while (this.#error === undefined && node.waiting.length > 0 && node.inFlight < IN_FLIGHT) {
        const request = node.waiting.shift() as Request
        const partitions = request.entries.map(e => e.partition)
        await this.#target.include(partitions)
        const wire = await this.#target.link.wire(
          this.#target.leaders.of(partitions[0] as number),
          this.#target.purpose,
        )
        failpoint('before-produce')
        node.inFlight++
        this.#send(wire, request).then(
          () => {
            node.inFlight--
            if (!node.driving) void this.#drive(node)
          },
          error => this.#fail(error),
        )
      }
    } catch (error) {
      this.#fail(error as Error)
    } finally {
      node.driving = false
    }
  }

  async #send(wire: Awaited<ReturnType<Link['wire']>>, request: Request): Promise<void> {
    const { leaders } = this.#target
    const appended = await produceBatches(wire, {
      topic: leaders.topic,
      transactionalId: this.#producer.transactionalId,
      acks: -1,
      timeoutMs: REQUEST_TIMEOUT_MS,
      entries: request.entries.map(e => ({ partition: e.partition, batch: e.built.batch })),
    })
    failpoint('after-produce')
    const answers = new Map(appended.map(a => [a.partition, a]))
    const refused = appended.find(a => a.error !== 0)
    if (refused) throw await leaders.fault(refused.error, `writing partition ${refused.partition}`)
    // Without a pause: the answer to the next request may be here already, and must not be counted first.
    for (const entry of request.entries) this.#acknowledge(entry, answers.get(entry.partition))
    this.#notify()
  }

  #acknowledge({ partition, built }: Entry, answer: Appended | undefined): void {
    if (answer === undefined)
      throw new BrokerError(`The broker did not answer for partition ${partition}`, { retry: true })
    this.#target.acknowledged?.(partition, answer.baseOffset, built.records)
    this.written += built.records
    this.#outstanding -= heldBy(built)
    built.release()
  }

  #fail(error: Error): void {
    this.#error ??= error
    this.#notify()
  }

  #notify(): void {
    const waiting = this.#wake
    this.#wake = []
    for (const wake of waiting) wake()
  }

  #change(hard: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (hard.aborted) return reject(hard.reason)
      const giveUp = () => reject(hard.reason)
      hard.addEventListener('abort', giveUp, { once: true })
      this.#wake.push(() => {
        hard.removeEventListener('abort', giveUp)
        resolve()
      })
    })
  }
}

const heldBy = ({ batch, held }: Built): number => held ?? batch.length
