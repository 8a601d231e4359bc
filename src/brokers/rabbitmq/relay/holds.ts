import { type Clock, systemClock } from '../../../core/clock.js'
import { HoldError, RunError } from '../../../errors.js'
import { declareLanes } from '../admin/declare-lanes.js'
import { lookAt } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'
import type { QueueRelayRequest } from './request.js'

const LOOK_EVERY_MS = 250
/** How long to wait before the next try, at first and at most; each is twice the one before: on a quorum queue a try counts as a delivery. Milliseconds. */
const PAUSES = {
  nacked: { first: 2000, most: 30_000, within: 0 },
  // It takes a while to be told again.
  unconfirmed: { first: 5000, most: 300_000, within: 20_000 },
} as const

/** Makes holds that lift themselves: each has a look of its own whether its cause is gone. */
export class Holds {
  readonly #request: QueueRelayRequest
  readonly #clock: Clock
  #looking = new AbortController()
  readonly #pauses = { nacked: { ms: 0, until: 0 }, unconfirmed: { ms: 0, until: 0 } }

  constructor(request: QueueRelayRequest, clock: Clock = systemClock) {
    this.#request = request
    this.#clock = clock
  }

  /** The broker blocks publishers: an alarm. */
  blocked(link: RabbitLink): HoldError {
    const reason = `RabbitMQ takes no messages: ${link.blocked() ?? 'blocked'} alarm`
    return this.#until(reason, async () => link.blocked() === undefined || link.lost.aborted)
  }

  /**
   * Nothing is confirmed for long; `isOver` says whether something was since, or a connection went. When that takes too long the publishing
   * channel is given up, and its messages are published again on another: a quorum queue may have lost them between two leaders.
   */
  unconfirmed(seconds: number, isOver: () => boolean, giveUp: () => void): HoldError {
    const until = this.#pause('unconfirmed')
    return this.#until(`no confirm from RabbitMQ for ${seconds} s`, async () => {
      if (isOver()) return true
      if (this.#clock.now() < until) return false
      giveUp()
      return true
    })
  }

  /** Lanes refused messages, as one that is full with overflow `reject-publish` does. */
  nacked(names: readonly string[]): HoldError {
    const until = this.#pause('nacked')
    const [name = 'temporary queues', ...more] = names
    const reason = `RabbitMQ refuses messages of ${name}${more.length > 0 ? ' and others' : ''} (basic.nack): is it full?`
    return this.#until(reason, async () => this.#clock.now() >= until)
  }

  /** When to try again. Soon after the last try it is still the same trouble, and the pause grows. */
  #pause(why: keyof typeof PAUSES): number {
    const [now, last] = [this.#clock.now(), this.#pauses[why]]
    const { first, most, within } = PAUSES[why]
    const isSame = last.ms > 0 && now - last.until < 2 * last.ms + within
    const ms = isSame ? Math.min(most, 2 * last.ms) : first
    this.#pauses[why] = { ms, until: now + ms }
    return now + ms
  }

  /** Messages came back from a lane: its queue is gone, or was cut off from its exchange, which is mended here. */
  async returned(link: RabbitLink, name: string): Promise<Error> {
    if (this.#request.putBack !== undefined) return noWayBack(this.#request.plan.queue, name)
    if (await isThere(link, name)) {
      await this.#mend(link, name)
      return this.#until(`temporary queue ${name} was cut off from its exchange`, async () => true)
    }
    return this.#untilThere(`temporary queue ${name} is gone`, link, name)
  }

  /** The exchange before a lane is gone: it is made again as long as the lane is there. */
  exchangeGone(link: RabbitLink, name: string): Error {
    if (this.#request.putBack !== undefined) return noWayBack(this.#request.plan.queue, name)
    return this.#untilThere(`exchange ${name} is gone`, link, name)
  }

  #untilThere(reason: string, link: RabbitLink, name: string): HoldError {
    return this.#until(reason, async () => {
      if (!(await isThere(link, name))) return false
      await this.#mend(link, name)
      return true
    })
  }

  #mend(link: RabbitLink, name: string): Promise<void> {
    return declareLanes(link, { laneQueues: [name], laneArguments: this.#request.plan.laneArguments })
  }

  /** Stops looking. */
  stop(): void {
    this.#looking.abort(new Error('nobody waits for the end of this hold any more'))
  }

  #until(reason: string, isGone: () => Promise<boolean>): HoldError {
    this.stop()
    this.#looking = new AbortController()
    // It ends by the hold that is lifted, or by `stop`.
    void this.#look(reason, isGone, this.#looking.signal).catch(() => undefined)
    return new HoldError(reason, 'clears')
  }

  /** The pump sets the hold after it caught the error, so the look goes on until a hold was there to be lifted. */
  async #look(reason: string, isGone: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    for (let isLifted = false; !isLifted; ) {
      await this.#clock.sleep(LOOK_EVERY_MS, signal)
      // A look that fails says nothing; the connection's own loss lifts the hold, and opening tells the rest.
      const isOver = await isGone().catch(() => true)
      isLifted = isOver && !signal.aborted && this.#request.release(reason)
    }
  }
}

const isThere = async (link: RabbitLink, name: string): Promise<boolean> => (await lookAt(link, name)) !== undefined

/** An undo makes nothing anew: what it leads to belongs to others. */
const noWayBack = (lane: string, exchange: string): RunError =>
  new RunError(`Messages of ${lane} have no way back: the source is gone, or cut off from exchange ${exchange}`, {
    code: 'queue-gone',
    hint: 'What was not given back is still in its lane. Make the source again, then give the command again: it finishes.',
  })
