import type { Counts } from '../../../core/event.js'
import { passiveDeclare } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'
import { Census } from '../relay/census.js'
import { readyWhenStill } from '../relay/recover.js'
import { Tally } from '../relay/tally.js'
import type { QueueDiscardRequest } from './request.js'

/**
 * The counts of a discard: what was let go, in all executions, and what the archive may have twice. A queue tells no position, so after a kill or a loss
 * the number of its ready messages tells how many were acked: exact while nothing arrives, expires or is taken by others, and never more than the
 * archive has.
 */
export class Reckoning {
  readonly tally: Tally
  readonly #request: QueueDiscardRequest
  #census: Census
  #readyAtStart: number | undefined
  #to: number
  /** Messages of the archive of which it was told that they are there twice, or still in the queue. */
  #told: number

  constructor(request: QueueDiscardRequest) {
    const { plan, journalled, again } = request
    const readyAtStart = request.readyAtStart === undefined ? undefined : request.readyAtStart + again.messages
    this.#request = request
    this.tally = new Tally(journalled.read)
    this.#to = Number(plan.lanes[0]?.to ?? 0) + again.messages
    // What came back was told of as well; it is in the archive as often as it was acked.
    this.#told = Number(journalled.doubted) - again.messages
    this.#readyAtStart = readyAtStart
    this.#census = new Census(readyAtStart ?? this.#to)
  }

  /** Messages of all executions together after which it ends. */
  get to(): number {
    return this.#to
  }

  get census(): Census {
    return this.#census
  }

  /** Before the first message: how many are ready. For an execution that follows another, what that one had acked and did not live to see taken. */
  async begin(link: RabbitLink): Promise<void> {
    const { resumed, noteReady, plan } = this.#request
    if (this.#readyAtStart !== undefined) return resumed ? this.#afterKill(link) : undefined
    const { messages } = await passiveDeclare(link, plan.topic)
    await noteReady(messages)
    this.#readyAtStart = messages
    this.#census = new Census(messages)
  }

  async #afterKill(link: RabbitLink): Promise<void> {
    const { keep, plan, again } = this.#request
    const unsure = keep === undefined ? Number.POSITIVE_INFINITY : this.#unsettled
    if (unsure <= 0 && !again.open) return
    const missing = (this.#readyAtStart ?? 0) - (await readyWhenStill(link, plan.topic)) - Number(this.tally.settled)
    this.tally.foundBefore(Math.max(0, Math.min(missing, unsure)))
    const back = again.open ? await this.#cameBack(-missing) : 0
    this.#readyAtStart = (this.#readyAtStart ?? 0) + back
    this.#census = new Census(this.#readyAtStart)
    await this.doubt('the run was killed before the queue was seen to let them go', back)
  }

  /** The connection was lost, and with it acks that may not have been taken; a broker that crashed may even have lost some that it had. */
  async afterLoss(link: RabbitLink): Promise<void> {
    const ready = await readyWhenStill(link, this.#request.plan.topic)
    const { unsure } = this.tally
    const sure = Number(this.tally.sent) - unsure
    const missing = (this.#readyAtStart ?? 0) + this.#census.again - ready - sure
    this.tally.found(Math.max(0, Math.min(missing, unsure)))
    const back = await this.#cameBack(this.#census.recount(ready + Number(this.tally.sent)))
    await this.doubt('the connection was lost before the queue was seen to let them go', back)
  }

  /** More is there than there should be: it is to be let go again. */
  async #cameBack(messages: number): Promise<number> {
    const back = Math.max(0, messages)
    this.#to += back
    await this.#request.noteAgain(back)
    return back
  }

  /** Tells what the archive has that was not acked, as far as is known; `back`: and messages that were, and came back all the same. */
  async doubt(why: string, back = 0): Promise<void> {
    if (this.#request.keep === undefined) return
    const messages = Math.max(0, this.#unsettled)
    this.#told += messages
    if (messages + back > 0) await this.#request.noteDoubt(messages + back, why)
  }

  /** Messages that the archive has, that were not acked as far as is known, and of which nobody was told. */
  get #unsettled(): number {
    const { keep } = this.#request
    return keep === undefined ? 0 : keep.messages - Number(this.tally.sent) - this.#told
  }

  /** What was let go since the last time, once the broker has taken its acks; undefined where that is nothing. */
  counted(): Counts | undefined {
    const counts = this.tally.report()
    return counts && { ...counts, written: 0n, dropped: counts.read }
  }
}
