import { NO_COUNTS } from '../../../core/counts.js'
import type { Counts } from '../../../core/event.js'
import type { Batch, Opened, Settled, Sink, Source } from '../../../core/ports.js'
import { BrokerError } from '../../../errors.js'
import { passiveDeclare } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'
import { Census } from '../relay/census.js'
import { OwnConsumers } from '../relay/own-consumers.js'
import { readyWhenStill } from '../relay/recover.js'
import type { Allowed } from '../relay/request.js'
import { Tally } from '../relay/tally.js'
import { usualLimit } from '../work/delivery-limit.js'
import { AgeLimit } from './age-limit.js'
import { ConsumingEnd } from './consuming-end.js'
import { Keeper } from './keeper.js'
import { KeptWindow } from './kept-window.js'
import { type Frames, Reading } from './reading.js'
import { queueGone } from './refusals.js'
import type { QueueDiscardRequest } from './request.js'
import { Settler } from './settler.js'

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
  readonly #tally: Tally
  readonly #end: ConsumingEnd
  readonly #settler: Settler
  readonly #keeper: Keeper
  readonly #reading: Reading
  /** Messages of all executions together after which it ends. */
  #to: number
  #census: Census
  #deliveryLimit: QueueDiscardRequest['plan']['deliveryLimit']
  /** Messages that were ready when the run began. */
  #readyAtStart: number | undefined
  /** Messages of the archive of which it was told that they are there twice, or still in the queue. */
  #told: number
  #opened = false
  /** The connection was lost, and what that means was not looked at yet. */
  #bereft = false
  #idle: NodeJS.Timeout | undefined

  constructor(request: QueueDiscardRequest) {
    const { plan, journalled, keep, readyAtStart } = request
    this.lane = plan.topic
    this.#request = request
    this.#to = Number(plan.lanes[0]?.to ?? 0)
    this.#told = Number(journalled.doubted)
    this.#readyAtStart = readyAtStart
    this.#census = new Census(readyAtStart ?? this.#to)
    this.#deliveryLimit = plan.deliveryLimit
    const window = this.#window
    const consumers = new OwnConsumers(plan.queueType !== 'classic')
    const tally = new Tally(journalled.read)
    const seen = (delivery: Frames[number]) => this.#reading.seen(delivery)
    const end = new ConsumingEnd({ request, seen, consumers })
    const settler = new Settler({ end, window, tally, census: () => this.#census })
    this.#consumers = consumers
    this.#tally = tally
    this.#end = end
    this.#settler = settler
    this.#keeper = new Keeper({ window, keep, kept: () => this.#ackSome() })
    this.#reading = new Reading({
      request,
      end,
      settler,
      age: plan.scope.kind === 'all' ? undefined : new AgeLimit(Date.parse(plan.scope.before)),
      wanted: () => this.#to - Number(tally.sent) - window.size,
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
    return this.#reading.isOver || Number(this.#tally.settled) >= this.#to
  }

  async open(): Promise<Opened> {
    clearTimeout(this.#idle)
    if (this.#opened) await this.#mend()
    const link = await this.#end.open()
    this.#deliveryLimit ??= usualLimit(link, this.#request.plan.queueType)
    await this.#named(this.#recover(link))
    this.#opened = true
    const counts = this.#counted()
    const from = String(this.#tally.settled)
    const opened = { from, to: String(Math.max(this.#to, Number(from))) }
    return counts === undefined ? opened : { ...opened, recovered: { mark: from, counts } }
  }

  /** The last execution, or the last connection, may have acked more than anybody lived to see. */
  async #recover(link: RabbitLink): Promise<void> {
    if (this.#readyAtStart === undefined) {
      const { messages } = await passiveDeclare(link, this.lane)
      await this.#request.noteReady(messages)
      this.#readyAtStart = messages
      this.#census = new Census(messages)
    } else if (!this.#opened && this.#request.resumed) await this.#afterKill(link)
    else if (this.#bereft || this.#tally.unsure > 0) await this.#afterLoss(link)
    this.#bereft = false
  }

  /** Exact while nothing arrives, expires or is taken by others; never more than the archive has. */
  async #afterKill(link: RabbitLink): Promise<void> {
    const { keep } = this.#request
    const unsure = keep === undefined ? Number.POSITIVE_INFINITY : this.#unsettled
    if (unsure <= 0) return
    const missing = (this.#readyAtStart ?? 0) - (await readyWhenStill(link, this.lane)) - Number(this.#tally.settled)
    this.#tally.foundBefore(Math.max(0, Math.min(missing, unsure)))
    await this.#doubt('an execution before this one ended before their acks were seen to be taken')
  }

  async #afterLoss(link: RabbitLink): Promise<void> {
    const ready = await readyWhenStill(link, this.lane)
    const { unsure } = this.#tally
    const sure = Number(this.#tally.sent) - unsure
    const missing = (this.#readyAtStart ?? 0) + this.#census.again - ready - sure
    this.#tally.found(Math.max(0, Math.min(missing, unsure)))
    const back = this.#census.recount(ready + Number(this.#tally.sent))
    this.#to += back
    await this.#doubt('the connection was lost before their acks were seen to be taken', back)
  }

  /** Messages that the archive has, that were not acked as far as is known, and of which nobody was told. */
  get #unsettled(): number {
    const { keep } = this.#request
    return keep === undefined ? 0 : keep.messages - Number(this.#tally.sent) - this.#told
  }

  /** `back`: messages that were acked, and came back all the same. */
  async #doubt(why: string, back = 0): Promise<void> {
    const messages = Math.max(0, this.#unsettled) + (this.#request.keep === undefined ? 0 : back)
    if (messages === 0) return
    this.#told += messages
    await this.#request.noteDoubt(messages, why)
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
    if (this.#tally.sent > this.#tally.settled) yield this.#rest()
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
    if (this.#request.keep === undefined) this.#ackSome()
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
    const settled = this.#settled()
    allowed.settle({ records: Number(settled.counts.read), bytes: Number(settled.counts.bytes) })
    this.#restIdle()
    return settled
  }

  #settled(): Settled {
    const counts = this.#counted() ?? NO_COUNTS
    return { mark: String(this.#tally.settled), counts }
  }

  /** What was let go since the last time, once the broker has taken its acks. */
  #counted(): Counts | undefined {
    const counts = this.#tally.report()
    return counts && { ...counts, written: 0n, dropped: counts.read }
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
    if (failure === undefined) return
    this.#bereft = true
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
      throw queueGone(error, this.lane, this.#tally.sent)
    }
  }

  /** Acks what is kept, gives back the rest, sees the last acks taken, and closes. Says what the archive has that is still in the queue. */
  async close(): Promise<void> {
    clearTimeout(this.#idle)
    if (this.#opened) {
      await this.#standDown()
      await this.#doubt('it ended before their acks were seen to be taken')
    }
    await this.#end.close()
  }
}
