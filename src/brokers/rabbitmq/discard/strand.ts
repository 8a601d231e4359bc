import { NO_COUNTS } from '../../../core/counts.js'
import type { Batch, Opened, Settled, Sink, Source } from '../../../core/ports.js'
import type { RabbitLink } from '../link.js'
import { Batches } from '../relay/batches.js'
import { OwnConsumers } from '../relay/own-consumers.js'
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
  readonly #batches: Batches<Frames>
  #deliveryLimit: QueueDiscardRequest['plan']['deliveryLimit']
  #opened = false
  /** The connection was lost, or after a fault all was given back, and what that means was not looked at yet. */
  #bereft: 'a loss' | 'a fault' | undefined

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
    this.#batches = new Batches({
      allow: request.allow,
      isFinished: () => this.finished,
      first: (allowed, soft) => this.#named(this.#reading.first(allowed, soft)),
      cargo: (first, allowed, soft) => this.#reading.cargo(first, allowed, soft),
      settle: () => this.#settle(),
      isIll: () => this.#isIll,
      standDown: () => this.#standDown(),
      isFull: () => end.intake.full,
      idleMs: request.idleMs,
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
    this.#batches.busy()
    if (this.#opened) await this.#mend()
    const link = await this.#end.open()
    await this.#request.assertLeader?.()
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
    else if (this.#bereft !== undefined || this.#reckoning.tally.unsure > 0)
      await this.#reckoning.goOn(link, this.#bereft ?? 'a loss')
    this.#bereft = undefined
  }

  async *batches(soft: AbortSignal): AsyncGenerator<Batch<Frames>> {
    yield* this.#batches.all(soft)
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

  async write(frames: Frames): Promise<void> {
    await this.#keeper.put(frames, this.#reading.prefetch)
    // What is not to be kept, or is already, needs no sync.
    this.#ackSome()
  }

  async flush(hard: AbortSignal): Promise<void> {
    await this.#keeper.flush(hard)
  }

  async #settle(): Promise<Settled> {
    const { intake } = this.#end
    if (intake.cancelling && !intake.crowded) await intake.cancel()
    await this.#named(this.#settler.settle())
    await this.#reckoning.tell()
    return this.#settled()
  }

  #settled(): Settled {
    const counts = this.#reckoning.counted() ?? NO_COUNTS
    return { mark: String(this.#reckoning.tally.settled), counts }
  }

  get #isIll(): boolean {
    return this.#keeper.failure !== undefined || this.#reading.refused
  }

  /** After a fault: gives back what is not kept, and forgets what the connection took with it. */
  async #mend(): Promise<void> {
    if (this.#isIll) await this.#batches.standDown()
    const { failure } = this.#end.intake
    if (failure === undefined && !this.#isIll) return
    await this.#keeper.recover()
    if (failure === undefined) {
      this.#bereft ??= 'a fault'
      return
    }
    if (this.#bereft !== 'a loss') await this.#request.noteLoss()
    this.#bereft = 'a loss'
    this.#reading.learn(failure)
    this.#window.clear()
  }

  async #standDown(): Promise<void> {
    await this.#keeper.stop()
    if (this.#end.intake.failure === undefined) await this.#settler.standDown()
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
    this.#batches.busy()
    if (this.#opened) {
      await this.#batches.standDown()
      await this.#reckoning.end()
    }
    await this.#end.close()
  }
}
