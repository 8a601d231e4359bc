import { NO_COUNTS } from '../../../core/counts.js'
import type { Batch, Opened, Settled, Sink, Source } from '../../../core/ports.js'
import { BrokerError } from '../../../errors.js'
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
import type { Allowed, QueueRelayRequest } from './request.js'
import { Settler } from './settler.js'
import { Tally } from './tally.js'

/** After this long without being asked for more, the consumer stands down. Milliseconds. */
const IDLE_MS = 60_000
/** Sooner where nothing is read any more for all that waits: the server gives up a connection that takes nothing for 30 s (send_timeout of ranch_tcp). */
const IDLE_FULL_MS = 10_000
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
  #opened = false
  /** The consuming connection was lost, and what that means was not looked at yet. */
  #bereft = false
  #idle: NodeJS.Timeout | undefined

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
    clearTimeout(this.#idle)
    if (this.#opened) await this.#mend()
    await this.#ends.open()
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
    while (!soft.aborted && !this.finished) {
      const allowed = await this.#request.allow(soft)
      if (allowed.records <= 0) break
      const first = await this.#first(allowed, soft)
      if (first === undefined) break
      yield this.#batch(first, allowed)
    }
    await this.#settler.standDown()
  }

  async #first(allowed: Allowed, soft: AbortSignal): Promise<Frames | undefined> {
    clearTimeout(this.#idle)
    let first: Frames | undefined
    try {
      first = await this.#named(this.#reading.first(allowed, soft))
      return first
    } finally {
      if (first === undefined) {
        allowed.settle({ records: 0, bytes: 0 })
        this.#restIdle()
      }
    }
  }

  async write(frames: Frames, hard: AbortSignal): Promise<void> {
    await this.#carrier.carry(frames, this.#ends.publisher, hard)
  }

  async flush(hard: AbortSignal): Promise<void> {
    await this.#flush.all(hard)
  }

  #batch(first: Frames, allowed: Allowed): Batch<Frames> {
    return {
      cargo: soft => this.#reading.cargo(first, allowed, soft),
      settle: () => this.#settle(allowed),
      abandon: () => this.#abandon(allowed),
    }
  }

  async #settle(allowed: Allowed): Promise<Settled> {
    const { intake } = this.#ends
    if (intake.cancelling && !intake.crowded) await intake.cancel()
    const seen = await this.#named(this.#settler.settle())
    const counts = this.#tally.report() ?? NO_COUNTS
    // None and nobody is what a quorum queue is told as that is slow to answer.
    if (seen !== undefined && seen.messages + seen.consumers > 0)
      this.#end.look(Number(this.#tally.settled), seen.messages + intake.waiting + this.#window.size, Date.now())
    allowed.settle({ records: Number(counts.read), bytes: Number(counts.bytes) })
    this.#restIdle()
    return { mark: String(this.#tally.settled), counts }
  }

  async #abandon(allowed: Allowed): Promise<void> {
    allowed.settle({ records: 0, bytes: 0 })
    if (this.#isIll()) await this.#standDown()
    else this.#restIdle()
  }

  #isIll(): boolean {
    return this.#ends.publisher.failure !== undefined || this.#window.troubled || this.#reading.refused
  }

  /** After a fault: says what a lost connection may have doubled, and gives back what failed, before anything is opened anew. */
  async #mend(): Promise<void> {
    if (this.#isIll()) await this.#standDown()
    const { failure } = this.#ends.intake
    if (failure === undefined) return
    this.#bereft = true
    this.#reading.learn(failure)
    await this.#settler.lose()
  }

  /** Gives everything back in order; with a connection that is gone there is nothing to give, and `#mend` does the rest. */
  async #standDown(how: 'standDown' | 'leave' = 'standDown'): Promise<void> {
    if (this.#ends.intake.failure !== undefined) return
    try {
      await this.#settler[how]()
    } catch (error) {
      if (!(error instanceof BrokerError && error.retry)) throw error
    }
  }

  /** Nobody asks for more: after a while the consumer stands down, before the broker's consumer_timeout ends its channel. */
  #restIdle(): void {
    clearTimeout(this.#idle)
    // What goes wrong here is met by the next call that needs the connection.
    const standDown = () => void this.#standDown().catch(() => undefined)
    const { idleMs = IDLE_MS } = this.#request
    this.#idle = setTimeout(standDown, this.#ends.intake.full ? Math.min(idleMs, IDLE_FULL_MS) : idleMs)
    this.#idle.unref()
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
    clearTimeout(this.#idle)
    if (this.#opened) {
      await this.#standDown(how)
      await this.#mend()
    }
    await this.#ends.close()
  }
}
