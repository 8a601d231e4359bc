import { check } from '../../brokers/kafka/errors.js'
import type { Link } from '../../brokers/kafka/link.js'
import type { Built } from '../../brokers/kafka/records/builder.js'
import { nextSequence, stamp } from '../../brokers/kafka/records/stamp.js'
import { produceBatches } from '../../brokers/kafka/wire/produce.js'
import type { Producer } from '../../brokers/kafka/wire/transactions.js'

/** An idempotent producer may have five requests on their way. */
const IN_FLIGHT = 5
const MOST_QUEUED_BYTES = 8 * 1024 * 1024
const TIMEOUT_MS = 30_000
/** What a queued batch counts for beyond its bytes, so that one-record batches do not pile up. */
const BATCH_WEIGHT = 1024

export type SenderTarget = {
  readonly link: Link
  readonly topic: string
  readonly transactionalId: string | null
  /** Leader of each partition. */
  readonly leaders: readonly number[]
  /** Connections to each broker: a broker serves one request of a connection at a time. */
  readonly connections: number
}

/** One connection; a partition always goes by the same one, so that its batches stay in order. */
type Lane = { node: number; purpose: string; queues: Map<number, Built[]>; inFlight: number }

/**
 * Sends finished batches with several requests on their way, one batch a partition in each (the broker takes no more).
 * The first failure is final.
 */
export class Sender {
  bytes = 0
  readonly #target: SenderTarget
  readonly #producer: Producer
  readonly #sequences: number[]
  readonly #lanes = new Map<string, Lane>()
  #queued = 0
  #failure: unknown
  #wake: (() => void) | undefined

  constructor(target: SenderTarget, producer: Producer, sequences: number[] = target.leaders.map(() => 0)) {
    this.#target = target
    this.#producer = producer
    this.#sequences = sequences
  }

  /** Queues a batch; true when the caller should await `room` before the next. */
  put(partition: number, built: Built): boolean {
    const sequence = this.#sequences[partition] ?? 0
    this.#sequences[partition] = nextSequence(sequence, built.records)
    stamp(built.batch, { ...this.#producer, sequence, transactional: this.#target.transactionalId !== null })
    const lane = this.#lane(partition)
    const queue = lane.queues.get(partition)
    if (queue === undefined) lane.queues.set(partition, [built])
    else queue.push(built)
    this.#queued += built.batch.length + BATCH_WEIGHT
    this.bytes += built.batch.length
    this.#pump(lane)
    return this.#queued > MOST_QUEUED_BYTES
  }

  /** Resolves when at most `bytes` are not acknowledged yet. Throws what failed, or the reason of `signal`. */
  async room(signal: AbortSignal, bytes = MOST_QUEUED_BYTES / 2): Promise<void> {
    while (this.#queued > bytes && this.#failure === undefined) {
      signal.throwIfAborted()
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  #lane(partition: number): Lane {
    const node = this.#target.leaders[partition] as number
    const purpose = `fill-${partition % this.#target.connections}`
    const key = `${node} ${purpose}`
    const lane = this.#lanes.get(key) ?? { node, purpose, queues: new Map(), inFlight: 0 }
    this.#lanes.set(key, lane)
    return lane
  }

  #pump(lane: Lane): void {
    while (lane.inFlight < IN_FLIGHT && lane.queues.size > 0 && this.#failure === undefined) {
      const entries: { partition: number; built: Built }[] = []
      for (const [partition, queue] of lane.queues) {
        entries.push({ partition, built: queue.shift() as Built })
        if (queue.length === 0) lane.queues.delete(partition)
      }
      lane.inFlight++
      this.#send(lane, entries).catch(failure => {
        this.#failure ??= failure
        this.#wake?.()
      })
    }
  }

  async #send(lane: Lane, entries: readonly { partition: number; built: Built }[]): Promise<void> {
    const { link, topic, transactionalId } = this.#target
    const wire = await link.wire(lane.node, lane.purpose)
    const batches = entries.map(({ partition, built }) => ({ partition, batch: built.batch }))
    const answers = await produceBatches(wire, {
      topic,
      transactionalId,
      acks: -1,
      timeoutMs: TIMEOUT_MS,
      entries: batches,
    })
    for (const { partition, error, message } of answers)
      check(error, {
        doing: `Filling partition ${partition} of ${topic}`,
        topic,
        operation: 'Write',
        message: message ?? null,
      })
    lane.inFlight--
    for (const { built } of entries) {
      this.#queued -= built.batch.length + BATCH_WEIGHT
      built.release()
    }
    this.#wake?.()
    this.#pump(lane)
  }
}
