import { failpoint } from '../../../core/failpoint.js'
import type { QueueCounts } from '../admin/passive-declare.js'
import type { Census } from './census.js'
import type { ConfirmWindow } from './confirm-window.js'
import type { EndCount } from './end-count.js'
import type { Ends } from './ends.js'
import { readyWhenStill } from './recover.js'
import type { QueueRelayRequest } from './request.js'
import type { Tally } from './tally.js'

type Parts = {
  readonly request: QueueRelayRequest
  readonly ends: Ends
  readonly window: ConfirmWindow
  readonly tally: Tally
  readonly census: Census
  readonly end: EndCount
}

/** Acks what is confirmed, gives back what is not, and says what may be there twice. */
export class Settler {
  readonly #parts: Parts
  /** Acks that nobody saw taken and that were told already. */
  #doubted = 0
  /** Acks that were counted without an answer of the broker. */
  #unseen = 0
  /** Acks were sent one by one on this channel. */
  #scattered = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Acks the confirmed prefix with one frame, if it is worth one: a quarter of `prefetch`, or all that is there. */
  ackSome(prefetch: number): void {
    const { window } = this.#parts
    if (window.pending === 0 || window.size - window.pending >= prefetch / 4) this.ack()
  }

  ack(): void {
    const { window, tally, ends } = this.#parts
    if (ends.intake.failure !== undefined) return
    const prefix = window.takePrefix(ends.intake.ackable)
    if (prefix === undefined) return
    failpoint('before-ack')
    ends.intake.ack(prefix.tag, true)
    failpoint('after-ack')
    tally.ack(prefix)
  }

  /**
   * Acks the prefix and waits until the broker has taken it, unless its answer would come behind too much. Throws BrokerError where it
   * went away.
   */
  async settle(): Promise<QueueCounts | undefined> {
    const { ends, tally, window, census } = this.#parts
    this.ack()
    if (ends.intake.crowded) {
      this.#unseen += tally.unsure
      tally.sure()
      return undefined
    }
    const counts = await ends.intake.sync()
    tally.sure()
    // What waits to be published is left out, since more of it may have come than the count knew: too few is on the safe side.
    census.count(counts.messages + window.size + Number(tally.sent))
    this.#unseen = 0
    this.#doubted = 0
    return counts
  }

  /**
   * Ends the stage and gives everything back that is not on its way: failed ones, and those that nobody carries. What was published and
   * still may be confirmed stays.
   */
  async standDown(): Promise<void> {
    const { ends, window } = this.#parts
    const { intake, publisher } = ends
    await intake.standDown()
    const dead = publisher.failure !== undefined
    if (window.pending === 0) window.resolveReturns()
    if (dead) await this.#doubt(window.doubtful, 'their confirms never came')
    // In this order: a multiple-ack that is sent after the failed ones left the window would take them along.
    this.ack()
    if (dead || window.troubled) this.#ackScattered()
    const failed = window.takeFailed(dead)
    intake.giveBack(failed)
    await this.settle()
    if (window.size === 0) await this.renew()
  }

  /**
   * Stands down for good: acks also what is confirmed behind what is not, and says what nobody waits for any more. Under an alarm that is
   * in the broker's socket, and becomes a copy when the alarm is over, however the connection ended.
   */
  async leave(): Promise<void> {
    await this.standDown()
    const { request, window } = this.#parts
    if (window.size === 0) return
    // At the end of its channel a quorum queue drops acks that it was not sent yet, and nobody is here to see it.
    if (request.plan.queueType === 'classic') this.#ackScattered()
    const { published } = window
    window.clear()
    await this.#doubt(published, 'it ended before the broker had confirmed them, which may still take them')
    await this.settle()
  }

  /** Puts back by the end of the channel what no nack puts back in order, its acks being taken. */
  async renew(): Promise<void> {
    const { ends, tally, window } = this.#parts
    if (!ends.intake.owes || ends.intake.failure !== undefined) return
    if (tally.unsure > 0) await this.settle()
    if (window.size > 0) await this.lose()
    await ends.renewIntake()
    if (this.#scattered) await this.#lookBack()
  }

  /** A channel sends a quorum queue 32 acks ahead of its log (rabbit_fifo_client); the rest waits, and is dropped where the channel ends. */
  async #lookBack(): Promise<void> {
    const { ends, tally, census, end, request } = this.#parts
    this.#scattered = false
    const ready = await readyWhenStill(ends.intake.link, request.plan.queue)
    const back = census.recount(ready + Number(tally.sent))
    end.extend(back)
    await this.broughtBack(back)
  }

  #ackScattered(): void {
    const { ends, window, tally } = this.#parts
    for (const one of window.takeScattered()) {
      ends.intake.ack(one.tag, false)
      tally.ack(one)
      this.#scattered = true
    }
  }

  /** The consuming end is gone, and the broker delivers again what was not acked. */
  async lose(): Promise<void> {
    const { window, tally } = this.#parts
    const why = 'the consuming connection was lost, and with it acks that may not have been taken'
    await this.#doubt(window.published + tally.unsure + this.#unseen - this.#doubted, why)
    this.#doubted = tally.unsure
    this.#unseen = 0
    window.clear()
  }

  /** The broker has brought back messages whose acks it had taken. */
  async broughtBack(messages: number): Promise<void> {
    await this.#doubt(messages, 'the broker came back with messages whose acks it had taken')
  }

  async #doubt(messages: number, why: string): Promise<void> {
    if (messages > 0) await this.#parts.request.noteDoubt(messages, why)
  }
}
