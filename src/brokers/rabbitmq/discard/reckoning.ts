import type { Counts } from '../../../core/event.js'
import { passiveDeclare } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'
import { Census } from '../relay/census.js'
import { readyWhenStill } from '../relay/recover.js'
import { Tally } from '../relay/tally.js'
import { KnownAgain, nothingAgain } from './known-again.js'
import { type BeforeLook, lookBack, worthKnowing } from './look-back.js'
import { mostFor, mostForgotten } from './most-for.js'
import type { Keep, QueueDiscardRequest } from './request.js'

/**
 * The counts of a discard: what was let go, in all executions, and what may come again. A queue tells no position, so after a kill or a loss the number
 * of its ready messages tells how many were acked. Where there is an archive, what comes again is known by it, and each message counts once, whatever
 * else arrived; where there is none, the number is all there is: exact while nothing arrives, expires or is taken by others.
 */
export class Reckoning {
  readonly tally: Tally
  readonly #request: QueueDiscardRequest
  #again = nothingAgain()
  #census: Census
  #readyAtStart: number | undefined
  #to: number
  /** Messages that were told to be in the archive and perhaps in the queue. */
  #unresolved: number
  /** Messages that were told to be in the archive twice. */
  #twice: number

  constructor(request: QueueDiscardRequest) {
    const { plan, journalled, again } = request
    const readyAtStart = request.readyAtStart === undefined ? undefined : request.readyAtStart + again.messages
    this.#request = request
    this.tally = new Tally(journalled.read)
    this.#to = Number(plan.lanes[0]?.to ?? 0) + again.messages
    this.#unresolved = Number(journalled.unresolved)
    this.#twice = Number(journalled.twice)
    this.#readyAtStart = readyAtStart
    this.#census = new Census(readyAtStart ?? this.#to)
  }

  /** Messages of all executions together after which it ends. */
  get to(): number {
    return this.#to
  }

  /** What may come again. */
  get again(): KnownAgain {
    return this.#again
  }

  /** All that was to go is counted, and nothing is to come again. */
  get isDone(): boolean {
    return Number(this.tally.settled) >= this.#to && this.#again.left === 0
  }

  /** New messages that are still to be taken; `inHand` are those that will count when they are acked. */
  wanted(inHand: number): number {
    return this.#to - Number(this.tally.sent) - inHand - this.#again.uncounted
  }

  /** Takes notice of all messages of the source at a quiet moment: ready, in hand and acked. Those that came back are in there twice. */
  saw(sum: number): void {
    if (this.#again.left === 0) this.#census.count(sum)
  }

  /** Before the first message: how many are ready. For an execution that follows another, what that one left behind. */
  async begin(link: RabbitLink): Promise<void> {
    const { resumed, noteReady, plan } = this.#request
    if (this.#readyAtStart === undefined) {
      const { messages } = await passiveDeclare(link, plan.topic)
      await noteReady(messages)
      this.#readyAtStart = messages
      this.#census = new Census(messages)
    } else if (resumed) await this.goOn(link, 'a kill')
  }

  /** Nothing is in hand any more: a connection was lost and acks with it, or what was not kept was given back. */
  async goOn(link: RabbitLink, after: 'a kill' | 'a loss' | 'a fault'): Promise<void> {
    const ready = await readyWhenStill(link, this.#request.plan.topic)
    const { keep } = this.#request
    if (keep !== undefined) await this.#lookBack(keep, { ready, isLost: after !== 'a fault' })
    else if (after === 'a kill') await this.#afterKill(ready)
    else await this.#afterLoss(ready)
  }

  async #lookBack(keep: Keep, now: Pick<BeforeLook, 'ready' | 'isLost'>): Promise<void> {
    await this.tell(true)
    if (this.#unresolved > 0) await this.#request.noteUnresolved(-this.#unresolved)
    this.#unresolved = 0
    this.tally.found(0)
    const [captured, arrived] = [this.#readyAtStart ?? 0, this.#census.arrived]
    const archived = keep.messages - this.#twice
    const counted = Number(this.tally.sent)
    const seen = lookBack({ archived, counted, captured, arrived, ...now })
    const { plan } = this.#request
    const worth = worthKnowing(seen, { inFlight: mostFor(plan), forgotten: mostForgotten(plan) })
    const contents = await keep.last(Math.min(keep.messages, worth))
    const { found, uncounted } = seen
    this.tally.foundBefore(found)
    const inQueue = Math.min(seen.inQueue, contents.length)
    this.#again = new KnownAgain({ contents, fresh: found + uncounted, inQueue, uncounted })
  }

  /** Nothing more comes again: the queue is empty, or what stands in it now was never taken. */
  async endAgain(): Promise<void> {
    this.tally.foundBefore(this.#again.end())
    await this.tell(true)
  }

  /** Says what came again, as far as it is known by now. */
  async tell(isOver = false): Promise<void> {
    const [twice, forgotten] = [this.#again.takeTwice(), this.#again.takeForgotten(isOver)]
    this.#twice += twice
    if (forgotten > 0) await this.#request.noteKnown(forgotten)
    if (twice > 0) await this.#request.noteTwice(twice)
  }

  async #afterKill(ready: number): Promise<void> {
    const missing = (this.#readyAtStart ?? 0) - ready - Number(this.tally.settled)
    this.tally.foundBefore(Math.max(0, missing))
    const back = this.#request.again.open ? await this.#cameBack(-missing) : 0
    this.#readyAtStart = (this.#readyAtStart ?? 0) + back
    this.#census = new Census(this.#readyAtStart)
  }

  async #afterLoss(ready: number): Promise<void> {
    const { unsure } = this.tally
    const sure = Number(this.tally.sent) - unsure
    const missing = (this.#readyAtStart ?? 0) + this.#census.again - ready - sure
    this.tally.found(Math.max(0, Math.min(missing, unsure)))
    await this.#cameBack(this.#census.recount(ready + Number(this.tally.sent)))
  }

  /** More is there than there should be: it is to be let go again. */
  async #cameBack(messages: number): Promise<number> {
    const back = Math.max(0, messages)
    this.#to += back
    await this.#request.noteAgain(back)
    return back
  }

  /** As the run ends: tells what the archive has that is still in the queue, or may be. */
  async end(): Promise<void> {
    const { keep, noteUnresolved } = this.#request
    if (keep === undefined || this.#readyAtStart === undefined) return
    await this.tell(true)
    const { sent, unsure } = this.tally
    const messages = keep.messages - this.#twice - (Number(sent) - unsure) + this.#cameBackYet
    this.#unresolved = Math.max(0, messages)
    if (this.#unresolved > 0) await noteUnresolved(this.#unresolved)
  }

  /** Counted, and in the queue again. */
  get #cameBackYet(): number {
    return Math.max(0, this.#again.left - this.#again.uncounted)
  }

  /** What was let go since the last time, once the broker has taken its acks; undefined where that is nothing. */
  counted(): Counts | undefined {
    const counts = this.tally.report()
    return counts && { ...counts, written: 0n, dropped: counts.read }
  }
}
