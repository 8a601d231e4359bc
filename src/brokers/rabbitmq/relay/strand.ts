import { NO_COUNTS } from '../../../core/counts.js'
import type { Batch, Opened, Settled, Sink, Source } from '../../../core/ports.js'
import { Batches } from './batches.js'
import { Carrier } from './carrier.js'
import { Census } from './census.js'
import { ConfirmWindow } from './confirm-window.js'
import { EndCount } from './end-count.js'
import { Ends } from './ends.js'
import { Flush } from './flush.js'
import { Holds } from './holds.js'
import { LaneRouter } from './lane-router.js'
import { OwnConsumers } from './own-consumers.js'
import { type Frames, queueGone, Reading } from './reading.js'
import { ackedBefore, readyWhenStill } from './recover.js'
import type { QueueRelayRequest } from './request.js'
import { Settler } from './settler.js'
import { Tally } from './tally.js'

const NEVER = new AbortController().signal

/**
 * A source queue on its way into its lanes: source and sink of the pump at once, because the right to ack hangs on the confirms. Within
 * a batch the confirmed prefix is acked as it grows, so that deliveries go on; `settle` is the point at which the broker is seen to have
 * taken the acks. Whatever an abandoned batch had acked by then is told by the next `open`.
 */
export class QueueStrand implements Source<Frames>, Sink<Frames> {
  readonly lane: string
  readonly #request: QueueRelayRequest
  readonly #window = new ConfirmWindow()
  readonly #consumers: OwnConsumers
  readonly #tally: Tally
  readonly #ends: Ends
  readonly #settler: Settler
  readonly #carrier: Carrier
  readonly #holds: Holds
  readonly #flush: Flush
  readonly #reading: Reading
  readonly #to: number
  readonly #end: EndCount
  readonly #census: Census
  readonly #batches: Batches<Frames>
  #opened = false
  /** The consuming connection was lost, and what that means was not looked at yet. */
  #bereft = false

  constructor(request: QueueRelayRequest) {
    const { plan, journalled } = request
    this.lane = plan.queue
    this.#request = request
    this.#to = Number(plan.lanes[0]?.to ?? 0)
    this.#end = new EndCount(request)
    const census = new Census(this.#to)
    this.#census = census
    const window = this.#window
    const tally = new Tally(journalled.read)
    const seen = (delivery: Frames[number]) => this.#reading.seen(delivery)
    const consumers = new OwnConsumers(plan.queueType === 'quorum')
    this.#consumers = consumers
    const ends = new Ends(request, { window, seen, consumers, confirmed: () => this.#ackSome() })
    const { expiration, userId, deliveryCounts: counts = plan.queueType === 'quorum' } = plan.setAside
    const edits = { expiration, userId, counts }
    const router = new LaneRouter(plan.laneQueues.length, plan.key)
    this.#tally = tally
    this.#ends = ends
    this.#holds = new Holds(request)
    this.#settler = new Settler({ request, ends, window, tally, census, end: this.#end })
    this.#carrier = new Carrier({ request, window, router, edits, settled: () => tally.sent })
    const { holds, settler, carrier } = { holds: this.#holds, settler: this.#settler, carrier: this.#carrier }
    const flush = new Flush({ request, ends, window, holds, carrier })
    this.#flush = flush
    this.#reading = new Reading({ request, ends, window, tally, settler, holds, flush, end: this.#end })
    this.#batches = new Batches({
      allow: request.allow,
      isFinished: () => this.finished,
      first: (allowed, soft) => this.#named(this.#reading.first(allowed, soft)),
      cargo: (first, allowed, soft) => this.#reading.cargo(first, allowed, soft),
      settle: () => this.#settle(),
      isIll: () => this.#isIll(),
      standDown: () => this.#standDown('standDown'),
      isFull: () => ends.intake.full,
      idleMs: request.idleMs,
    })
  }

  get ends(): Ends {
    return this.#ends
  }

  /** This run's own consumers of the source, as the broker may have counted them at any moment since this was asked before. */
  mostConsumers(): number {
    if (!this.#opened) return 0
    return this.#consumers.most(Math.min(this.#window.first, this.#ends.intake.firstWaiting))
  }

  /** Messages that came with the redelivered flag: what a lost execution held is among them, and what a quorum queue took back at a cancel. */
  get redelivered(): number {
    return this.#reading.redelivered
  }

  get finished(): boolean {
    return this.#reading.empty || Number(this.#tally.settled) >= this.#end.count
  }

  async open(): Promise<Opened> {
    this.#holds.stop()
    this.#batches.busy()
    if (this.#opened) await this.#mend()
    await this.#ends.open()
    await this.#request.assertLeader?.()
    await this.#named(this.#recover())
    this.#opened = true
    // What was published before a hold may have been confirmed meanwhile.
    if (this.#window.size > 0) await this.flush(NEVER)
    if (this.#window.size > 0) await this.#named(this.#settler.settle())
    const counts = this.#tally.report()
    const from = String(this.#tally.settled)
    const opened = { from, to: String(Math.max(this.#to, Number(from))) }
    return counts === undefined ? opened : { ...opened, recovered: { mark: from, counts } }
  }

  /** The last execution, or the last connection, may have acked more than anybody lived to see. */
  async #recover(): Promise<void> {
    const { link } = this.#ends.publisher
    const { resumed, journalled } = this.#request
    if (!this.#opened) {
      if (resumed) this.#tally.foundBefore(await ackedBefore(this.#request, link, journalled))
    } else if (this.#bereft || this.#tally.unsure > 0) await this.#afterLoss(await readyWhenStill(link, this.lane))
    this.#bereft = false
  }

  async #afterLoss(ready: number): Promise<void> {
    const { unsure } = this.#tally
    const sure = Number(this.#tally.sent) - unsure
    this.#tally.found(Math.max(0, Math.min(this.#to + this.#census.again - ready - sure, unsure)))
    const back = this.#census.recount(ready + Number(this.#tally.sent))
    this.#end.extend(back)
    await this.#settler.broughtBack(back)
  }

  async *batches(soft: AbortSignal): AsyncGenerator<Batch<Frames>> {
    yield* this.#batches.all(soft)
    await this.#settler.standDown()
  }

  async write(frames: Frames, hard: AbortSignal): Promise<void> {
    await this.#carrier.carry(frames, this.#ends.publisher, hard)
  }

  async flush(hard: AbortSignal): Promise<void> {
    await this.#flush.all(hard)
  }

  async #settle(): Promise<Settled> {
    const { intake } = this.#ends
    if (intake.cancelling && !intake.crowded) await intake.cancel()
    const seen = await this.#named(this.#settler.settle())
    const counts = this.#tally.report() ?? NO_COUNTS
    // None and nobody is what a quorum queue is told as that is slow to answer.
    if (seen !== undefined && seen.messages + seen.consumers > 0)
      this.#end.look(Number(this.#tally.settled), seen.messages + intake.waiting + this.#window.size, Date.now())
    return { mark: String(this.#tally.settled), counts }
  }

  #isIll(): boolean {
    return this.#ends.publisher.failure !== undefined || this.#window.troubled || this.#reading.refused
  }

  /** After a fault: says what a lost connection may have doubled, and gives back what failed, before anything is opened anew. */
  async #mend(): Promise<void> {
    if (this.#isIll()) await this.#batches.standDown()
    const { failure } = this.#ends.intake
    if (failure === undefined) return
    this.#bereft = true
    this.#reading.learn(failure)
    await this.#settler.lose()
  }

  async #standDown(how: 'standDown' | 'leave'): Promise<void> {
    if (this.#ends.intake.failure === undefined) await this.#settler[how]()
  }

  #ackSome(): void {
    if (!this.#reading.holdsAcks) this.#settler.ackSome(this.#reading.prefetch)
  }

  async #named<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw queueGone(error, this.lane, this.#tally.sent)
    }
  }

  /** Gives back what is not on its way, sees the last acks taken, and closes. `how`: whether to say what was not confirmed. */
  async close(how: 'standDown' | 'leave'): Promise<void> {
    this.#holds.stop()
    this.#batches.busy()
    if (this.#opened) {
      await this.#batches.standDown(() => this.#standDown(how))
      await this.#mend()
    }
    await this.#ends.close()
  }
}
