import { type Refusal, RunError, UserError } from '../../../errors.js'
import { consumerTimeout, fromAmqp } from '../errors.js'
import { type Delivery, held } from '../wire/delivery.js'
import { limitRefusal } from '../work/delivery-limit.js'
import type { ConfirmWindow } from './confirm-window.js'
import type { EndCount } from './end-count.js'
import type { Ends } from './ends.js'
import type { Flush } from './flush.js'
import type { Holds } from './holds.js'
import type { Allowed, QueueRelayRequest } from './request.js'
import type { Stage } from './running-stage.js'
import type { Settler } from './settler.js'
import { beginningOf, Stages } from './stages.js'
import type { Tally } from './tally.js'

/** A run of messages, in order of delivery. */
export type Frames = readonly Delivery[]

/** A batch is settled and journalled after this long. Milliseconds. */
const BATCH_MS = 500
/** Without deliveries, the queue is looked at this often. Milliseconds. */
const LOOK_MS = 150

type Parts = {
  readonly request: QueueRelayRequest
  readonly ends: Ends
  readonly window: ConfirmWindow
  readonly tally: Tally
  readonly settler: Settler
  readonly holds: Holds
  readonly flush: Flush
  readonly end: EndCount
}

/** Reads the queue in stages, as far as is wanted, until it is empty and no boundary is open. */
export class Reading {
  readonly #parts: Parts
  readonly #stages: Stages
  #stage: Stage = { prefetch: 1, until: 1 }
  #empty = false
  #noted = 0
  #redelivered = 0
  #refusal: Refusal | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    const { plan, resumed, putBack } = parts.request
    const isOrdered = plan.order === 'key' || putBack !== undefined
    this.#stages = new Stages(plan.prefetch, beginningOf(resumed, isOrdered && plan.queueType === 'quorum'))
  }

  /** The queue was seen empty, with nothing of ours unacked. */
  get empty(): boolean {
    return this.#empty
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

  /** While a short stage is being delivered its acks wait, so that nothing comes beyond it. */
  get holdsAcks(): boolean {
    const { intake } = this.#parts.ends
    return this.#stage.until === this.#stage.prefetch && (intake.consuming || intake.cancelling)
  }

  /** Takes notice of a delivery as it arrives. */
  seen(delivery: Delivery): void {
    this.#stages.seen(delivery)
    if (!delivery.redelivered) return
    this.#redelivered++
    const { plan } = this.#parts.request
    this.#refusal ??= limitRefusal(delivery, plan.queue, plan.deliveryLimit)
  }

  /** What a lost channel teaches: after a consumer_timeout no message waits as long again. */
  learn(failure: Error): void {
    const ms = consumerTimeout(failure)
    if (ms !== undefined) this.#stages.hurry(ms)
  }

  /** The next messages; undefined at the end of the queue or at a stop. Throws what speaks against going on. */
  async first(allowed: Allowed, soft: AbortSignal): Promise<Frames | undefined> {
    const { ends, settler, end } = this.#parts
    for (let empty = 0; !soft.aborted; ) {
      this.#assertWell()
      if (end.held) {
        await this.#rest(soft)
        continue
      }
      if (ends.intake.waiting > 0) return ends.intake.next(allowed.records, allowed.bytes)
      if (!ends.intake.consuming && !ends.intake.cancelling) await this.#consume(allowed)
      const { intake } = ends
      await intake.changed.wait(LOOK_MS, soft)
      if (intake.waiting > 0 || soft.aborted || intake.failure !== undefined) continue
      const seen = await settler.settle()
      // A quorum queue that is slow to answer is told as one of no messages and no consumers, although ours is there.
      const counted = seen !== undefined && seen.consumers > 0
      empty = counted && seen.messages === 0 && intake.waiting === 0 ? empty + 1 : 0
      // Nothing is under way, so a stage that winds up need not wait for it.
      if (empty === 1 && this.#stages.outgrown(this.#stage, allowed)) await intake.cancel()
      if (empty >= 2 && end.open) {
        end.caughtUp()
        continue
      }
      this.#empty = empty >= 2
      if (this.#empty) return undefined
    }
    return undefined
  }

  /** A hold that comes at the tail: what was delivered goes back, and nothing is taken until it is lifted. */
  async #rest(soft: AbortSignal): Promise<void> {
    const { ends, settler } = this.#parts
    if (ends.intake.consuming || ends.intake.waiting > 0) await settler.standDown()
    await ends.intake.changed.wait(LOOK_MS, soft)
  }

  #assertWell(): void {
    const { ends, flush, holds, request } = this.#parts
    const { intake, publisher } = ends
    const { queue } = request.plan
    if (this.#refusal !== undefined) throw this.#refusal
    if (intake.failure !== undefined) throw fromAmqp(intake.failure, { doing: `Consuming ${queue}`, queue })
    if (publisher.failure !== undefined) throw flush.explain(publisher.failure)
    if (publisher.link.blocked() !== undefined) throw holds.blocked(publisher.link)
  }

  async #consume(allowed: Allowed): Promise<void> {
    const { request, ends, settler } = this.#parts
    // What stood down while messages were on their way could not be given back then.
    await settler.renew()
    this.#stage = this.#stages.next(this.#wanted(), allowed)
    if (this.#stage.prefetch > this.#noted) {
      this.#noted = this.#stage.prefetch
      await request.noteWindow(this.#noted)
    }
    await ends.intake.consume(this.#stage)
  }

  /** Messages that are still to come from the queue. */
  #wanted(): number {
    const { request, tally, window, end } = this.#parts
    const { first = Number.POSITIVE_INFINITY } = request.plan
    return Math.max(1, Math.min(end.count, first) - Number(tally.sent) - window.size)
  }

  /** The messages of one batch, beginning with `first`. */
  async *cargo(first: Frames, allowed: Allowed, soft: AbortSignal): AsyncGenerator<Frames> {
    const { intake } = this.#parts.ends
    const until = Date.now() + BATCH_MS
    let { records, bytes } = allowed
    for (let piece = first; piece.length > 0; piece = await this.#more(records, bytes, until)) {
      yield piece
      records -= piece.length
      bytes -= piece.reduce((sum, one) => sum + held(one), 0)
      if (soft.aborted || records <= 0 || bytes <= 0 || Date.now() >= until || this.#isIll()) break
    }
    if (intake.consuming && this.#stages.outgrown(this.#stage, allowed)) intake.wind()
    this.#stages.turn()
  }

  async #more(records: number, bytes: number, until: number): Promise<Frames> {
    const { intake } = this.#parts.ends
    while (intake.waiting === 0 && (intake.consuming || intake.cancelling) && !this.#isIll()) {
      const left = until - Date.now()
      if (left <= 0) break
      await intake.changed.wait(left)
    }
    return this.#isIll() ? [] : intake.next(records, bytes)
  }

  #isIll(): boolean {
    const { ends, window } = this.#parts
    const { intake, publisher } = ends
    const dead = intake.failure !== undefined || publisher.failure !== undefined
    return dead || window.troubled || publisher.link.blocked() !== undefined || this.refused
  }
}

/** Names a source that was deleted on the way; any other error is returned as it is. */
export const queueGone = (error: unknown, queue: string, copied: bigint): unknown =>
  error instanceof UserError && error.code === 'no-queue'
    ? new RunError(`Queue ${queue} was deleted while it was drained, after ${copied} messages`, {
        code: 'queue-gone',
        hint: 'What was copied is in the temporary queues. Find out who deleted it: what it still held is only to be had from elsewhere.',
        cause: error,
      })
    : error
