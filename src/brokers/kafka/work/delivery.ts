import type { Gate } from '../../../core/ports.js'
import { BrokerError } from '../../../errors.js'
import { UncarriableError } from '../../../fanout/ports.js'
import { patiently } from '../admin/patiently.js'
import { fromKafka } from '../errors.js'
import type { Link } from '../link.js'
import type { Leaders } from '../relay/leaders.js'
import { produceBatches } from '../wire/produce.js'
import { initProducerId, type Producer } from '../wire/transactions.js'
import type { Sending, SendLane } from './send-lane.js'

const REQUEST_BYTES = 1 << 20
const REQUEST_TIMEOUT_MS = 15_000
/** Longest that a batch is sent again and again. */
const PATIENCE_MS = 30_000
const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 1_000
/** Under this name troubles show at the gate. */
const TARGET = 'target'

/** The message itself is refused: MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_TIMESTAMP, INVALID_RECORD. */
const UNCARRIABLE = new Set([10, 18, 32, 87])
/** It was appended before: DUPLICATE_SEQUENCE_NUMBER. */
const DUPLICATE = 46
/** The broker knows the producer no more, or otherwise: OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, UNKNOWN_PRODUCER_ID. */
const OTHER_PRODUCER = new Set([45, 47, 49, 59])

export type DeliveryOf = {
  readonly link: Link
  readonly leaders: Leaders
  readonly lanes: ReadonlyMap<number, SendLane>
  readonly gate?: Gate
}

/** Brings what waits in the lanes to the leaders: a batch a lane, many lanes a request; sends again what may have been lost. */
export class Delivery {
  readonly #of: DeliveryOf
  #producer: Promise<Producer> | undefined
  #kicked = false
  #flushed: (() => void)[] = []

  constructor(of: DeliveryOf) {
    this.#of = of
  }

  /** There is something to send; what comes within the same turn goes together. */
  kick(): void {
    if (this.#kicked) return
    this.#kicked = true
    setImmediate(() => {
      this.#kicked = false
      void this.#dispatch()
    })
  }

  /** Resolves when nothing waits and nothing is on its way. */
  async flush(): Promise<void> {
    if (!this.#idle) await new Promise<void>(resolve => this.#flushed.push(resolve))
  }

  get #idle(): boolean {
    return [...this.#of.lanes.values()].every(lane => lane.idle)
  }

  async #dispatch(): Promise<void> {
    const ready = [...this.#of.lanes.values()].filter(lane => !lane.busy && !lane.idle)
    for (const lane of ready) lane.busy = true
    const sendings: Sending[] = []
    try {
      const producer = await this.#identity()
      for (const lane of ready) {
        const sending = lane.next(producer)
        if (sending) sendings.push(sending)
      }
    } catch (error) {
      for (const lane of ready) this.#dropAll(lane, error)
      return
    }
    for (const [node, together] of this.#requests(sendings)) void this.#post(node, together)
  }

  /** Batches by leader, in requests of about 1 MiB; where a leader is not known the node is -1. */
  #requests(sendings: readonly Sending[]): [number, Sending[]][] {
    const open = new Map<number, { bytes: number; together: Sending[] }>()
    const requests: [number, Sending[]][] = []
    for (const sending of sendings) {
      const node = this.#leaderOf(sending)
      let request = open.get(node)
      if (request === undefined || request.bytes > REQUEST_BYTES) {
        request = { bytes: 0, together: [] }
        open.set(node, request)
        requests.push([node, request.together])
      }
      request.together.push(sending)
      request.bytes += sending.built.batch.length
    }
    return requests
  }

  #leaderOf({ lane }: Sending): number {
    try {
      return this.#of.leaders.of(lane.partition)
    } catch (error) {
      if (error instanceof BrokerError) return -1
      throw error
    }
  }

  async #post(node: number, together: readonly Sending[]): Promise<void> {
    const { link, leaders } = this.#of
    try {
      const wire = await link.wire(node, 'send')
      const appended = await produceBatches(wire, {
        topic: leaders.topic,
        transactionalId: null,
        acks: -1,
        timeoutMs: REQUEST_TIMEOUT_MS,
        entries: together.map(({ lane, built }) => ({ partition: lane.partition, batch: built.batch })),
      })
      const answers = new Map(appended.map(each => [each.partition, each]))
      for (const sending of together) {
        const { error = 13, message } = answers.get(sending.lane.partition) ?? {}
        void this.#answered(sending, error, message)
      }
    } catch (error) {
      for (const sending of together) void this.#failed(sending, error)
    }
  }

  async #answered(sending: Sending, code: number, message?: string): Promise<void> {
    const { topic } = this.#of.leaders
    if (code === 0 || code === DUPLICATE) return this.#arrived(sending)
    if (UNCARRIABLE.has(code)) return this.#uncarriable(sending, code, message)
    if (OTHER_PRODUCER.has(code)) {
      this.#producer = undefined
      await pause(FIRST_WAIT_MS)
      sending.lane.takeBack(sending, { alone: false })
      return this.#free(sending)
    }
    const doing = `Writing to partition ${sending.lane.partition} of ${topic}`
    return this.#failed(sending, fromKafka(code, { doing, topic, operation: 'Write', message: message ?? null }))
  }

  #arrived(sending: Sending): void {
    if (sending.failures > 0) this.#of.gate?.recovered(TARGET)
    for (const { done } of sending.parcels) done()
    this.#free(sending)
  }

  /** One bad message makes the broker refuse its whole batch: each is tried alone then. */
  #uncarriable(sending: Sending, code: number, message?: string): void {
    const { lane, parcels } = sending
    if (parcels.length > 1) lane.takeBack(sending, { alone: true })
    else {
      lane.passOver(sending)
      const why = fromKafka(code, { doing: `Writing to ${this.#of.leaders.topic}`, message: message ?? null })
      for (const { failed } of parcels) failed(new UncarriableError(why.message))
    }
    this.#free(sending)
  }

  /** Waits and sends the same batch again, until patience ends. */
  async #failed(sending: Sending, error: unknown): Promise<void> {
    const { gate, link, leaders } = this.#of
    const passes = error instanceof BrokerError && error.retry
    if (!passes || Date.now() - sending.since > PATIENCE_MS) return this.#givenUp(sending, error)
    sending.failures++
    if (sending.failures > 1) gate?.trouble(TARGET, `broker: ${error.message}`)
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(sending.failures - 1, 8))
    await pause(wait)
    try {
      await link.refresh()
      await leaders.refresh()
    } catch (failure) {
      if (!(failure instanceof BrokerError && failure.retry)) return this.#givenUp(sending, failure)
    }
    await this.#post(this.#leaderOf(sending), [sending])
  }

  /** Whether it is in the log stays unknown: what follows begins under a new producer id, because its sequence may have a gap. */
  #givenUp(sending: Sending, error: unknown): void {
    this.#of.gate?.recovered(TARGET)
    this.#producer = undefined
    for (const { failed } of sending.parcels) failed(error)
    this.#free(sending)
  }

  #dropAll(lane: SendLane, error: unknown): void {
    for (const { failed } of lane.drop()) failed(error)
    lane.busy = false
    this.#after(lane)
  }

  #free({ lane, built }: Sending): void {
    built.release()
    lane.busy = false
    this.#after(lane)
  }

  #after(lane: SendLane): void {
    if (!lane.idle) this.kick()
    else if (this.#flushed.length > 0 && this.#idle) for (const resolve of this.#flushed.splice(0)) resolve()
  }

  #identity(): Promise<Producer> {
    if (this.#producer === undefined) {
      const { link } = this.#of
      const asked = patiently(link, async () =>
        initProducerId(await link.any(), { transactionalId: null, timeoutMs: REQUEST_TIMEOUT_MS }),
      )
      asked.catch(() => {
        if (this.#producer === asked) this.#producer = undefined
      })
      this.#producer = asked
    }
    return this.#producer
  }
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
