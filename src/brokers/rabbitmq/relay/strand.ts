import type { Counts } from '../../../core/event.js'
import type { Batch, Opened, Settled, Sink, Source } from '../../../core/ports.js'
import type { SpillwayError } from '../../../errors.js'
import { BrokerError, Refusal, RunError } from '../../../errors.js'
import { lookAt } from '../admin/passive-declare.js'
import { fromAmqp, replyCode } from '../errors.js'
import type { Delivery } from '../wire/delivery.js'
import { held } from '../wire/delivery.js'
import { Carrier } from './carrier.js'
import { ConfirmWindow } from './confirm-window.js'
import { deliveryCount, type Edits } from './edits.js'
import { Ends } from './ends.js'
import { Flush } from './flush.js'
import { Holds } from './holds.js'
import type { Stage } from './intake.js'
import { LaneRouter } from './lane-router.js'
import { ackedBefore, readyWhenStill } from './recover.js'
import type { Allowed, QueueRelayRequest } from './request.js'
import { Settler } from './settler.js'
import { Stages } from './stages.js'
import { NO_COUNTS, Tally } from './tally.js'

/** A run of messages, in order of delivery. */
export type Frames = readonly Delivery[]

/** A batch is settled and journalled after this long. Milliseconds. */
const BATCH_MS = 500
/** Without deliveries, the queue is looked at this often. Milliseconds. */
const LOOK_MS = 150
const IDLE_MS = 60_000
const COUNTED_FOR_MS = 2000
/** A message this near to the delivery-limit stops the run. */
const LIMIT_MARGIN = 3

/**
 * A source queue on its way into its lanes: source and sink of the pump at once, because the right to ack hangs on the confirms. Within
 * a batch the confirmed prefix is acked as it grows, so that deliveries go on; `settle` is the point at which the broker is seen to have
 * taken the acks. Whatever an abandoned batch had acked by then is told by the next `open`.
 */
export class QueueStrand implements Source<Frames>, Sink<Frames> {
  readonly lane: string
  readonly #request: QueueRelayRequest
  readonly #window = new ConfirmWindow()
  readonly #tally: Tally
  readonly #stages: Stages
  readonly #ends: Ends
  readonly #settler: Settler
  readonly #carrier: Carrier
  readonly #holds: Holds
  readonly #flush: Flush
  readonly #to: number
  #stage: Stage = { prefetch: 1, until: 1 }
  #opened = false
  #empty = false
  #noted = 0
  #redelivered = 0
  #refusal: Refusal | undefined
  #idle: NodeJS.Timeout | undefined

  constructor(request: QueueRelayRequest) {
    const { plan, journalled, resumed } = request
    this.lane = plan.queue
    this.#request = request
    this.#to = Number(plan.lanes[0]?.to ?? 0)
    this.#tally = new Tally(journalled.read)
    this.#stages = new Stages(plan.prefetch, resumed)
    const [window, tally] = [this.#window, this.#tally]
    this.#ends = new Ends(request, { window, seen: one => this.#seen(one), confirmed: () => this.#ackSome() })
    this.#settler = new Settler({ request, ends: this.#ends, window, tally })
    const router = new LaneRouter(plan.laneQueues.length, plan.key)
    this.#carrier = new Carrier({ request, window, router, edits: editsOf(request), settled: () => tally.sent })
    this.#holds = new Holds(request)
    this.#flush = new Flush({ request, ends: this.#ends, window, holds: this.#holds, carrier: this.#carrier })
  }

  get ends(): Ends {
    return this.#ends
  }

  /** This run's own consumers of the source: the one that is there, and for a moment one that was cancelled (quorum queues count it on). */
  get consumers(): number {
    if (!this.#opened) return 0
    const { consuming, cancelledAt } = this.#ends.intake
    return (consuming ? 1 : 0) + (Date.now() - cancelledAt < COUNTED_FOR_MS ? 1 : 0)
  }

  /** Messages that came with the redelivered flag: no more than these can be copies of what a lost execution had published. */
  get redelivered(): number {
    return this.#redelivered
  }

  get finished(): boolean {
    return this.#empty || (this.#request.plan.until === 'now' && Number(this.#tally.settled) >= this.#to)
  }

  async open(): Promise<Opened> {
    this.#holds.stop()
    clearTimeout(this.#idle)
    await this.#ends.open()
    if (!this.#opened) await this.#recoverKilled()
    else if (this.#tally.unsure > 0) await this.#recoverLost()
    this.#opened = true
    // What was published before a hold may have been confirmed meanwhile.
    if (this.#window.size > 0) await this.flush(NEVER)
    if (this.#window.size > 0) await this.#settler.settle()
    const counts = this.#tally.report()
    const from = String(this.#tally.settled)
    const opened = { from, to: String(Math.max(this.#to, Number(from))) }
    return counts === undefined ? opened : { ...opened, recovered: { mark: from, counts } }
  }

  /** The last execution may have acked more than it lived to journal. */
  async #recoverKilled(): Promise<void> {
    const { resumed, journalled } = this.#request
    if (resumed) this.#tally.foundBefore(await ackedBefore(this.#request, this.#ends.publisher.link, journalled))
  }

  async #recoverLost(): Promise<void> {
    const ready = await readyWhenStill(this.#ends.publisher.link, this.lane)
    const sure = Number(this.#tally.sent) - this.#tally.unsure
    this.#tally.found(Math.max(0, Math.min(this.#to - ready - sure, this.#tally.unsure)))
  }

  async *batches(soft: AbortSignal): AsyncGenerator<Batch<Frames>> {
    while (!soft.aborted && !this.finished) {
      const allowed = await this.#request.allow(soft)
      if (allowed.records <= 0) break
      const first = await this.#first(allowed, soft)
      if (first === undefined) break
      yield this.#batch(allowed, first)
    }
    await this.#settler.standDown()
  }

  async write(frames: Frames, hard: AbortSignal): Promise<void> {
    await this.#carrier.carry(frames, this.#ends.publisher, hard)
  }

  async flush(hard: AbortSignal): Promise<void> {
    await this.#flush.all(hard)
  }

  #batch(allowed: Allowed, first: Frames): Batch<Frames> {
    return {
      cargo: soft => this.#cargo(allowed, first, soft),
      settle: () => this.#settle(allowed),
      abandon: () => this.#abandon(allowed),
    }
  }

  /** The next messages; undefined at the end of the queue or at a stop. */
  async #first(allowed: Allowed, soft: AbortSignal): Promise<Frames | undefined> {
    clearTimeout(this.#idle)
    const { intake } = this.#ends
    for (let empty = 0; !soft.aborted; ) {
      this.#assertWell()
      if (intake.waiting > 0) return intake.next(allowed.records, allowed.bytes)
      if (!intake.consuming) await this.#consume(allowed)
      await intake.changed.wait(LOOK_MS, soft)
      if (intake.waiting > 0 || soft.aborted || intake.failure !== undefined) continue
      const { messages } = await this.#settler.settle()
      empty = messages === 0 && intake.waiting === 0 ? empty + 1 : 0
      if (empty >= 2) this.#empty = true
      if (this.#empty) break
    }
    allowed.settle({ records: 0, bytes: 0 })
    return undefined
  }

  /** Throws what speaks against going on. */
  #assertWell(): void {
    const { intake, publisher } = this.#ends
    if (this.#refusal !== undefined) throw this.#refusal
    if (intake.failure !== undefined)
      throw fromAmqp(intake.failure, { doing: `Consuming ${this.lane}`, queue: this.lane })
    if (publisher.failure !== undefined) throw this.#flush.explain(publisher.failure)
    if (publisher.link.blocked() !== undefined) throw this.#holds.blocked(publisher.link)
  }

  async #consume({ records }: Allowed): Promise<void> {
    this.#stage = this.#stages.next(this.#wanted(), records)
    if (this.#stage.prefetch > this.#noted) {
      this.#noted = this.#stage.prefetch
      await this.#request.noteWindow(this.#noted)
    }
    await this.#ends.intake.consume(this.#stage)
  }

  /** Messages that are still to come from the queue. */
  #wanted(): number {
    const { until, first = Number.POSITIVE_INFINITY } = this.#request.plan
    const to = until === 'now' ? this.#to : Number.POSITIVE_INFINITY
    return Math.max(1, Math.min(to, first) - Number(this.#tally.sent) - this.#window.size)
  }

  async *#cargo(allowed: Allowed, first: Frames, soft: AbortSignal): AsyncGenerator<Frames> {
    const { intake } = this.#ends
    const until = Date.now() + BATCH_MS
    let { records, bytes } = allowed
    for (let piece = first; piece.length > 0; piece = await this.#more(records, bytes, until)) {
      yield piece
      records -= piece.length
      bytes -= piece.reduce((sum, one) => sum + held(one), 0)
      if (soft.aborted || records <= 0 || bytes <= 0 || Date.now() >= until || this.#isIll()) break
    }
    if (intake.consuming && this.#stages.outgrown(this.#stage)) await intake.cancel()
    this.#stages.turn()
  }

  async #more(records: number, bytes: number, until: number): Promise<Frames> {
    const { intake } = this.#ends
    while (intake.waiting === 0 && (intake.consuming || intake.cancelling) && !this.#isIll()) {
      const left = until - Date.now()
      if (left <= 0) break
      await intake.changed.wait(left)
    }
    return this.#refusal === undefined ? intake.next(records, bytes) : []
  }

  #isIll(): boolean {
    const { intake, publisher } = this.#ends
    const dead = intake.failure !== undefined || publisher.failure !== undefined
    return dead || this.#window.troubled || publisher.link.blocked() !== undefined || this.#refusal !== undefined
  }

  async #settle(allowed: Allowed): Promise<Settled> {
    const { intake } = this.#ends
    if (intake.cancelling) await intake.cancel()
    await this.#settler.settle()
    const counts: Counts = this.#tally.report() ?? NO_COUNTS
    allowed.settle({ records: Number(counts.read), bytes: Number(counts.bytes) })
    this.#restIdle()
    return { mark: String(this.#tally.settled), counts }
  }

  async #abandon(allowed: Allowed): Promise<void> {
    allowed.settle({ records: 0, bytes: 0 })
    const { intake, publisher } = this.#ends
    if (intake.failure !== undefined) return this.#settler.lose()
    if (publisher.failure === undefined && !this.#window.troubled && this.#refusal === undefined)
      return this.#restIdle()
    await this.#standDown()
  }

  async #standDown(): Promise<void> {
    try {
      await this.#settler.standDown()
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error
      await this.#settler.lose()
    }
  }

  /** Nobody asks for more: after a while the consumer stands down, before the broker's consumer_timeout ends its channel. */
  #restIdle(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.#standDown().catch(() => undefined), this.#request.idleMs ?? IDLE_MS)
    this.#idle.unref()
  }

  #seen(delivery: Delivery): void {
    this.#stages.seen(delivery)
    if (!delivery.redelivered) return
    this.#redelivered++
    const { deliveryLimit } = this.#request.plan
    if (deliveryLimit === undefined || this.#refusal !== undefined) return
    const count = deliveryCount(delivery)
    if (count >= deliveryLimit.limit - LIMIT_MARGIN) this.#refusal = nearLimit(this.lane, count, deliveryLimit)
  }

  #ackSome(): void {
    const { intake } = this.#ends
    const exact = this.#stage.until === this.#stage.prefetch
    if (!(exact && (intake.consuming || intake.cancelling))) this.#settler.ackSome(this.#stage.prefetch)
  }

  /** Gives back what is not on its way, sees the last acks taken, and closes. */
  async close(): Promise<void> {
    this.#holds.stop()
    clearTimeout(this.#idle)
    if (this.#opened && this.#ends.intake.failure === undefined) await this.#standDown()
    await this.#ends.close()
  }

  /** What ended the consumer for good: a queue that is gone is named. */
  async explain(error: SpillwayError): Promise<SpillwayError> {
    if (replyCode(error.cause) !== 404 && error.code !== 'cancelled') return error
    const there = await lookAt(this.#ends.publisher.link, this.lane)
    if (there !== undefined) return error
    return new RunError(`Queue ${this.lane} was deleted while it was drained, after ${this.#tally.sent} messages`, {
      code: 'queue-gone',
      hint: 'What was copied is in the temporary queues. Find out who deleted it; what it still held is only to be had from elsewhere.',
      cause: error,
    })
  }
}

const NEVER = new AbortController().signal

const editsOf = ({ plan }: QueueRelayRequest): Edits => ({
  expiration: plan.setAside.expiration,
  counts: plan.queueType === 'quorum',
  userId: plan.setAside.userId,
})

const nearLimit = (queue: string, count: number, { limit, by }: { limit: number; by: string }): Refusal =>
  new Refusal(`A message of ${queue} was delivered ${count} times; at ${limit} the queue drops or dead-letters it`, {
    code: 'delivery-limit',
    hint: `Raise delivery-limit for this queue (set by ${by}) with a policy, as {"delivery-limit": ${limit + 100}}, then resume.`,
  })
