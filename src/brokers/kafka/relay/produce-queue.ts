import { failpoint } from '../../../core/failpoint.js'
import { BrokerError } from '../../../errors.js'
import type { Link, Wire } from '../link.js'
import type { Built, Packing } from '../records/builder.js'
import { nextSequence, stamp } from '../records/stamp.js'
import { type Appended, produceBatches } from '../wire/produce.js'
import type { Leaders } from './leaders.js'

/** A request is sent at about this size: four full batches. Larger ones gain nothing, smaller ones cost the broker. */
const REQUEST_BYTES = 1_060_000
/** Requests on their way on one connection; an idempotent producer may have five, beyond two nothing is gained. */
const IN_FLIGHT = 3
const REQUEST_TIMEOUT_MS = 30_000

/** `built` is set once it is compressed and stamped. */
type Entry = {
  readonly partition: number
  readonly sequence: number
  readonly held: number
  built?: Built
}
/** What waits for one broker, in order, and how many requests are on their way to it. */
type Node = { waiting: Entry[]; inFlight: number; driving: boolean }
type Lane = { sequence: number }
type Sending = Entry & { readonly built: Built }

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
  readonly #nodes = new Map<number, Node>()
  #outstanding = 0
  #budget: number
  #flushing = false
  #error: Error | undefined
  #wake: (() => void)[] = []

  constructor(target: ProduceTarget, producer: Producer) {
    this.#target = target
    this.#producer = producer
    this.#budget = target.budget
  }

  /** Lets no more than `budget` bytes wait or be on their way from now on. */
  narrow(budget: number): void {
    this.#budget = Math.min(this.#budget, budget)
  }

  /** Queues a batch, whose compression may still be under way. Never waits; ask `room` between pieces. */
  put(partition: number, batch: Built | Packing): void {
    const lane = this.#lane(partition)
    const node = this.#node(this.#target.leaders.of(partition))
    const held = 'done' in batch ? batch.held : heldBy(batch)
    const entry: Entry = { partition, sequence: lane.sequence, held }
    lane.sequence = nextSequence(lane.sequence, batch.records)
    this.#outstanding += held
    node.waiting.push(entry)
    if ('done' in batch) batch.done.then(built => this.#ready(node, entry, built)).catch(error => this.#fail(error))
    else this.#ready(node, entry, batch)
  }

  #ready(node: Node, entry: Entry, built: Built): void {
    const { producerId, epoch, transactionalId } = this.#producer
    stamp(built.batch, { producerId, epoch, sequence: entry.sequence, transactional: transactionalId !== null })
    entry.built = built
    if (!node.driving) void this.#drive(node)
  }

  /** True while as much waits as the budget allows; then `room` is worth awaiting. */
  get crowded(): boolean {
    return this.#outstanding > this.#budget || this.#error !== undefined
  }

  /** Resolves once less than the budget is outstanding. Throws what failed. */
  async room(hard: AbortSignal): Promise<void> {
    this.#driveAll()
    while (this.#error === undefined && this.#outstanding > this.#budget) await this.#change(hard)
    if (this.#error) throw this.#error
  }

  /** Sends what is queued and resolves when all of it is acknowledged. Throws what failed. */
  async flush(hard: AbortSignal): Promise<void> {
    this.#flushing = true
    this.#driveAll()
    while (this.#error === undefined && this.#outstanding > 0) await this.#change(hard)
    this.#flushing = false
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

  #node(id: number): Node {
    let node = this.#nodes.get(id)
    if (!node) {
      node = { waiting: [], inFlight: 0, driving: false }
      this.#nodes.set(id, node)
    }
    return node
  }

  #driveAll(): void {
    for (const node of this.#nodes.values()) if (!node.driving) void this.#drive(node)
  }

  async #drive(node: Node): Promise<void> {
    node.driving = true
    try {
      for (let entries = this.#next(node); entries.length > 0; entries = this.#next(node)) {
        node.inFlight++
        const partitions = entries.map(e => e.partition)
        await this.#target.include(partitions)
        const leader = this.#target.leaders.of(partitions[0] as number)
        const wire = await this.#target.link.wire(leader, this.#target.purpose)
        failpoint('before-produce')
        this.#send(wire, entries).then(
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

  /** Takes the next request's batches: a full request, or what is ready where somebody waits for it. */
  #next({ waiting, inFlight }: Node): Sending[] {
    if (this.#error !== undefined || inFlight >= IN_FLIGHT) return []
    const partitions = new Set<number>()
    let bytes = 0
    for (const { partition, built } of waiting) {
      if (built === undefined) break
      const full = bytes > 0 && bytes + built.batch.length > REQUEST_BYTES
      if (full || partitions.has(partition)) return waiting.splice(0, partitions.size) as Sending[]
      partitions.add(partition)
      bytes += built.batch.length
    }
    return this.#flushing || this.crowded ? (waiting.splice(0, partitions.size) as Sending[]) : []
  }

  async #send(wire: Wire, entries: readonly Sending[]): Promise<void> {
    const { leaders } = this.#target
    const appended = await produceBatches(wire, {
      topic: leaders.topic,
      transactionalId: this.#producer.transactionalId,
      acks: -1,
      timeoutMs: REQUEST_TIMEOUT_MS,
      entries: entries.map(e => ({ partition: e.partition, batch: e.built.batch })),
    })
    failpoint('after-produce')
    const answers = new Map(appended.map(a => [a.partition, a]))
    const refused = appended.find(a => a.error !== 0)
    if (refused) throw await leaders.fault(refused.error, `writing partition ${refused.partition}`)
    // Without a pause: the answer to the next request may be here already, and must not be counted first.
    for (const entry of entries) this.#acknowledge(entry, answers.get(entry.partition))
    this.#notify()
  }

  #acknowledge({ partition, built, held }: Sending, answer: Appended | undefined): void {
    if (answer === undefined)
      throw new BrokerError(`The broker did not answer for partition ${partition}`, { retry: true })
    this.#target.acknowledged?.(partition, answer.baseOffset, built.records)
    this.written += built.records
    this.#outstanding -= held
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
