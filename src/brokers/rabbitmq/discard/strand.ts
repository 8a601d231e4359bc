import { NO_COUNTS } from '../../../core/counts.js'
import type { Batch, Opened, Settled, Sink, Source } from '../../../core/ports.js'
import { BrokerError } from '../../../errors.js'
import type { RabbitLink } from '../link.js'
import { OwnConsumers } from '../relay/own-consumers.js'
import type { Allowed } from '../relay/request.js'
import { usualLimit } from '../work/delivery-limit.js'
import { AgeLimit } from './age-limit.js'
import { ConsumingEnd } from './consuming-end.js'
import { Keeper } from './keeper.js'
import { KeptWindow } from './kept-window.js'
import { Reading } from './reading.js'
import { Reckoning } from './reckoning.js'
import { queueGone } from './refusals.js'
import type { QueueDiscardRequest } from './request.js'
import { Settler } from './settler.js'
import type { Frames } from './taken.js'

/** After this long without being asked for more, the consumer stands down. Milliseconds. */
const IDLE_MS = 60_000
/** Sooner where nothing is read any more for all that waits: the server gives up a connection that takes nothing for 30 s (send_timeout of ranch_tcp). */
const IDLE_FULL_MS = 10_000

/**
 * A queue on its way into an archive, or nowhere: source and sink of the pump at once, because the right to ack hangs on the archive's sync. Within a
 * batch the kept prefix is acked as it grows, so that deliveries go on; `settle` is the point at which the broker is seen to have taken the acks.
 */
export class DiscardStrand implements Source<Frames>, Sink<Frames> {
  readonly lane: string
  readonly #request: QueueDiscardRequest
  readonly #window = new KeptWindow()
  readonly #consumers: OwnConsumers
  readonly #end: ConsumingEnd
  readonly #settler: Settler
  readonly #keeper: Keeper
  readonly #reading: Reading
  readonly #reckoning: Reckoning
  #deliveryLimit: QueueDiscardRequest['plan']['deliveryLimit']
  #opened = false
  /** The connection was lost, or messages that the archive has were given back, and what that means was not looked at yet. */
  #bereft = false
  #idle: NodeJS.Timeout | undefined

  constructor(request: QueueDiscardRequest) {
    const { plan, keep } = request
    this.lane = plan.topic
    this.#request = request
    const reckoning = new Reckoning(request)
    const { tally } = reckoning
    this.#reckoning = reckoning
    this.#deliveryLimit = plan.deliveryLimit
    const window = this.#window
    const consumers = new OwnConsumers(plan.queueType !== 'classic')
    const seen = (delivery: Frames[number]) => this.#reading.seen(delivery)
    const end = new ConsumingEnd({ request, seen, consumers })
    const settler = new Settler({ end, window, tally, counted: sum => reckoning.saw(sum) })
    this.#consumers = consumers
    this.#end = end
    this.#settler = settler
    this.#keeper = new Keeper({ window, keep, kept: () => this.#ackSome() })
    this.#reading = new Reading({
      request,
      end,
      settler,
      age: plan.scope.kind === 'all' ? undefined : new AgeLimit(Date.parse(plan.scope.before)),
      reckoning,
      wanted: () => reckoning.wanted(window.counting),
      own: () => consumers.count(Math.min(window.first, end.intake.firstWaiting)),
      settled: () => tally.settled,
      deliveryLimit: () => this.#deliveryLimit,
    })
  }

  get end(): ConsumingEnd {
    return this.#end
  }

  /** This run's own consumers of the source, as the broker may have counted them at any moment since this was asked before. */
  mostConsumers(): number {
    if (!this.#opened) return 0
    return this.#consumers.most(Math.min(this.#window.first, this.#end.intake.firstWaiting))
  }

  get finished(): boolean {
    return this.#reading.isOver || this.#reckoning.isDone
  }

  async open(): Promise<Opened> {
    clearTimeout(this.#idle)
    if (this.#opened) await this.#mend()
    const link = await this.#end.open()
    this.#deliveryLimit ??= usualLimit(link, this.#request.plan.queueType)
    await this.#named(this.#recover(link))
    this.#opened = true
    const counts = this.#reckoning.counted()
    const from = String(this.#reckoning.tally.settled)
    const opened = { from, to: String(Math.max(this.#reckoning.to, Number(from))) }
    return counts === undefined ? opened : { ...opened, recovered: { mark: from, counts } }
  }

  /** The last execution, or the last connection, may have acked more than anybody lived to see. */
  async #recover(link: RabbitLink): Promise<void> {
    if (!this.#opened) await this.#reckoning.begin(link)
    else if (this.#bereft || this.#reckoning.tally.unsure > 0) await this.#reckoning.goOn(link, 'after a loss')
    this.#bereft = false
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
    // A quorum queue's stage keeps some acks to its end.
    if (this.#reckoning.tally.sent > this.#reckoning.tally.settled) yield this.#rest()
  }

  #rest(): Batch<Frames> {
    return {
      async *cargo() {},
      settle: async () => this.#settled(),
      abandon: async () => undefined,
    }
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

  async write(frames: Frames): Promise<void> {
    await this.#keeper.put(frames, this.#reading.prefetch)
    // What is not to be kept, or is already, needs no sync.
    this.#ackSome()
  }

  async flush(hard: AbortSignal): Promise<void> {
    await this.#keeper.flush(hard)
  }

  #batch(first: Frames, allowed: Allowed): Batch<Frames> {
    return {
      cargo: soft => this.#reading.cargo(first, allowed, soft),
      settle: () => this.#settle(allowed),
      abandon: () => this.#abandon(allowed),
    }
  }

  async #settle(allowed: Allowed): Promise<Settled> {
    const { intake } = this.#end
    if (intake.cancelling && !intake.crowded) await intake.cancel()
    await this.#named(this.#settler.settle())
    await this.#reckoning.tell()
    const settled = this.#settled()
    allowed.settle({ records: Number(settled.counts.read), bytes: Number(settled.counts.bytes) })
    this.#restIdle()
    return settled
  }

  #settled(): Settled {
    const counts = this.#reckoning.counted() ?? NO_COUNTS
    return { mark: String(this.#reckoning.tally.settled), counts }
  }

  async #abandon(allowed: Allowed): Promise<void> {
    allowed.settle({ records: 0, bytes: 0 })
    if (this.#isIll) await this.#standDown()
    else this.#restIdle()
  }

  get #isIll(): boolean {
    return this.#keeper.failure !== undefined || this.#reading.refused
  }

  /** After a fault: gives back what is not kept, and forgets what the connection took with it. */
  async #mend(): Promise<void> {
    if (this.#isIll) await this.#standDown()
    const { failure } = this.#end.intake
    if (failure === undefined && !this.#isIll) return
    await this.#keeper.recover()
    if (failure !== undefined && !this.#bereft) await this.#request.noteLoss()
    this.#bereft = true
    if (failure === undefined) return
    this.#reading.learn(failure)
    this.#window.clear()
  }

  /** Gives everything back in order; with a connection that is gone there is nothing to give, and `#mend` does the rest. */
  async #standDown(): Promise<void> {
    await this.#keeper.stop()
    if (this.#end.intake.failure !== undefined) return
    try {
      await this.#settler.standDown()
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
    this.#idle = setTimeout(standDown, this.#end.intake.full ? Math.min(idleMs, IDLE_FULL_MS) : idleMs)
    this.#idle.unref()
  }

  /** Acks the kept prefix if it is worth a frame: a quarter of what may be unacked. */
  #ackSome(): void {
    const { size, pending } = this.#window
    if (!this.#reading.holdsAcks && size - pending >= this.#reading.prefetch / 4) this.#settler.ack()
  }

  async #named<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw queueGone(error, this.lane, this.#reckoning.tally.sent)
    }
  }

  /** Acks what is kept, gives back the rest, sees the last acks taken, and closes. Says what the archive has that is still in the queue. */
  async close(): Promise<void> {
    clearTimeout(this.#idle)
    if (this.#opened) {
      await this.#standDown()
      await this.#reckoning.end()
    }
    await this.#end.close()
  }
}
