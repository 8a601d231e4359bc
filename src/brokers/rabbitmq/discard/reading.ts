import { HoldError, type Refusal } from '../../../errors.js'
import { consumerTimeout, fromAmqp } from '../errors.js'
import { consumerSeen } from '../relay/intake-parts.js'
import type { Allowed } from '../relay/request.js'
import type { Stage } from '../relay/running-stage.js'
import { beginningOf, Stages } from '../relay/stages.js'
import { bodyOf, type Delivery, held } from '../wire/delivery.js'
import { limitRefusal } from '../work/delivery-limit.js'
import { contentOf } from '../work/message-id.js'
import type { AgeEnd, AgeLimit } from './age-limit.js'
import type { ConsumingEnd } from './consuming-end.js'
import type { KnownAgain } from './known-again.js'
import { mostFor } from './most-for.js'
import type { Reckoning } from './reckoning.js'
import { noTimestamp } from './refusals.js'
import type { QueueDiscardRequest } from './request.js'
import type { Settler } from './settler.js'
import { type Frames, type Taken, withBody } from './taken.js'

/** A batch is settled and journalled after this long. Milliseconds. */
const BATCH_MS = 500
/** Without deliveries, the queue is looked at this often. Milliseconds. */
const LOOK_MS = 150
/** Messages that may be unacked where a consumer is kept. What waits is bounded by its bytes anyway. */
const KEPT = 2000

type Parts = {
  readonly request: QueueDiscardRequest
  readonly end: ConsumingEnd
  readonly settler: Settler
  readonly age?: AgeLimit | undefined
  readonly reckoning: Reckoning
  /** New messages that are still to be taken. */
  readonly wanted: () => number
  /** Consumers of this run, as the broker may count them. */
  readonly own: () => number
  /** Messages settled so far, in all executions. */
  readonly settled: () => bigint
  readonly deliveryLimit: () => QueueDiscardRequest['plan']['deliveryLimit']
}

/** Reads the prefix of a queue in stages: up to its number of messages, to the first that is not older, or until the queue is empty. */
export class Reading {
  readonly #parts: Parts
  readonly #stages: Stages
  #stage: Stage = { prefetch: 1, until: 1 }
  #empty = false
  #redelivered = 0
  #refusal: Refusal | undefined
  /** The batch is over but for what waits: the answer of the broker comes behind it. */
  #overdue = false

  constructor(parts: Parts) {
    this.#parts = parts
    const { plan, resumed } = parts.request
    // What it does not let go of stays in its place.
    this.#stages = new Stages(mostFor(plan), beginningOf(resumed, plan.queueType === 'quorum'))
  }

  /** The queue was seen empty with nothing of ours unacked, or the next message is not older. */
  get isOver(): boolean {
    return this.#empty || this.ended === 'newer'
  }

  /** Why the prefix ends before its number of messages has come. */
  get ended(): AgeEnd | undefined {
    return this.#parts.age?.end
  }

  get redelivered(): number {
    return this.#redelivered
  }

  get prefetch(): number {
    return this.#stage.prefetch
  }

  get refused(): boolean {
    return this.#refusal !== undefined
  }

  /** While a short stage is being delivered its acks wait, so that nothing comes beyond it; so do those of a batch that waits to be settled. */
  get holdsAcks(): boolean {
    const { intake } = this.#parts.end
    if (this.#overdue) return true
    return this.#stage.until === this.#stage.prefetch && (intake.consuming || intake.cancelling)
  }

  /** Takes notice of a delivery as it arrives. */
  seen(delivery: Delivery): void {
    this.#stages.seen(delivery)
    if (!delivery.redelivered) return
    this.#redelivered++
    const { request, deliveryLimit } = this.#parts
    this.#refusal ??= limitRefusal(delivery, request.plan.topic, deliveryLimit())
  }

  /** What a lost channel teaches: after a consumer_timeout no message waits as long again. */
  learn(failure: Error): void {
    const ms = consumerTimeout(failure)
    if (ms !== undefined) this.#stages.hurry(ms)
  }

  /** The next messages; undefined at the end of the prefix or at a stop. Throws what speaks against going on. */
  async first(allowed: Allowed, soft: AbortSignal): Promise<Frames | undefined> {
    const { end, settler } = this.#parts
    for (let empty = 0; !soft.aborted; ) {
      this.#assertWell()
      if (this.isOver || this.#wanted() <= 0) return undefined
      if (end.intake.waiting > 0) {
        const frames = await this.#take(allowed.records, allowed.bytes)
        if (frames.length > 0) return frames
        continue
      }
      if (!end.intake.consuming && !end.intake.cancelling) await this.#consume(allowed)
      const { intake } = end
      await intake.changed.wait(LOOK_MS, soft)
      if (intake.waiting > 0 || soft.aborted || intake.failure !== undefined) continue
      const seen = await settler.settle()
      // A quorum queue that is slow to answer is told as one of no messages and no consumers, although ours is there.
      const counted = seen !== undefined && seen.consumers > 0
      empty = counted && seen.messages === 0 && intake.waiting === 0 ? empty + 1 : 0
      // Nothing is under way, so a stage that winds up need not wait for it.
      if (empty === 1 && this.#outgrown(allowed)) await intake.cancel()
      // Whoever else consumes it may hold all the rest unacked.
      if (empty >= 2 && (seen?.consumers ?? 0) > this.#parts.own())
        throw new HoldError(consumerSeen(this.#parts.request.plan.topic), 'operator')
      this.#empty = empty >= 2
      if (this.#empty) await this.#parts.reckoning.endAgain()
    }
    return undefined
  }

  /** Messages that may still come: new ones, and those that come again. */
  #wanted(): number {
    return Math.max(0, this.#parts.wanted()) + this.#parts.reckoning.again.left
  }

  /** Takes what waits; from the message on with which the prefix ends, all goes back where it was. */
  async #take(records: number, bytes: number): Promise<Frames> {
    const { end, age, settler, reckoning } = this.#parts
    // A consumer that is kept may get more than was there at the start.
    const came = end.intake.next(Math.min(records, this.#wanted()), bytes)
    const older = age?.older(came) ?? came.length
    const frames = await this.#admit(came.slice(0, older))
    if (frames.length === came.length) return frames
    await reckoning.endAgain()
    await settler.giveBack(came.slice(frames.length).map(({ tag }) => tag))
    return frames
  }

  /** Knows again what the archive has; of the others, as many as are wanted. */
  async #admit(came: readonly Delivery[]): Promise<Frames> {
    const { again } = this.#parts.reckoning
    const frames: Taken[] = []
    for (let [left, at] = [this.#parts.wanted(), 0]; at < came.length; at++) {
      const each = came[at] as Delivery
      const taken: Taken = each.redelivered && again.isLooking ? await known(each, again) : each
      if (taken.archived === undefined && left-- <= 0) break
      frames.push(taken)
    }
    return frames
  }

  #assertWell(): void {
    const { end, request, settled } = this.#parts
    const { topic: queue } = request.plan
    if (this.#refusal !== undefined) throw this.#refusal
    if (this.ended === 'no-timestamp') throw noTimestamp(queue, settled())
    const { failure } = end.intake
    if (failure !== undefined) throw fromAmqp(failure, { doing: `Consuming ${queue}`, queue })
  }

  /**
   * By age something is given back at the end, and only the end of a channel puts it back in order on a quorum queue; before 4.0 it puts what a cancelled
   * consumer held behind all others. So the consumer is kept until then.
   */
  get #isKept(): boolean {
    return this.#parts.age !== undefined && this.#parts.end.nacksReorder
  }

  async #consume(allowed: Allowed): Promise<void> {
    const { end, settler } = this.#parts
    // What stood down while messages were on their way could not be given back then.
    await settler.renew()
    this.#stage = this.#isKept
      ? { prefetch: KEPT, until: Number.POSITIVE_INFINITY }
      : this.#stages.next(this.#wanted(), allowed)
    await end.intake.consume(this.#stage)
  }

  /** The messages of one batch, beginning with `first`. */
  async *cargo(first: Frames, allowed: Allowed, soft: AbortSignal): AsyncGenerator<Frames> {
    const { intake } = this.#parts.end
    const until = Date.now() + BATCH_MS
    let { records, bytes } = allowed
    for (let piece = first; piece.length > 0; piece = await this.#more(records, bytes, until)) {
      yield piece
      records -= piece.length
      bytes -= piece.reduce((sum, one) => sum + held(one), 0)
      this.#overdue = Date.now() >= until || soft.aborted
      if (records <= 0 || bytes <= 0 || this.#isIll || (this.#overdue && !intake.crowded)) break
    }
    this.#overdue = false
    if (intake.consuming && this.#outgrown(allowed)) intake.wind()
    this.#stages.turn()
  }

  #outgrown(allowed: Allowed): boolean {
    return !this.#isKept && this.#stages.outgrown(this.#stage, allowed)
  }

  async #more(records: number, bytes: number, until: number): Promise<Frames> {
    const { intake } = this.#parts.end
    if (this.ended !== undefined) return []
    while (intake.waiting === 0 && (intake.consuming || intake.cancelling) && !this.#isIll) {
      const left = until - Date.now()
      if (left <= 0) break
      await intake.changed.wait(left)
    }
    return this.#isIll || intake.waiting === 0 || this.#wanted() <= 0 ? [] : this.#take(records, bytes)
  }

  get #isIll(): boolean {
    return this.#parts.end.intake.failure !== undefined || this.refused
  }
}

/** A message that was delivered before, whole, and whether the archive has it. */
async function known(delivery: Delivery, again: KnownAgain): Promise<Taken> {
  const whole = delivery.late === undefined ? delivery : await withBody(delivery)
  const archived = again.meet(contentOf(whole, bodyOf(whole)))
  return archived === undefined ? whole : { ...whole, archived }
}
