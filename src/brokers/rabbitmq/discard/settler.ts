import { failpoint } from '../../../core/failpoint.js'
import type { QueueCounts } from '../admin/passive-declare.js'
import type { Tally } from '../relay/tally.js'
import type { ConsumingEnd } from './consuming-end.js'
import type { KeptWindow } from './kept-window.js'

type Parts = {
  readonly end: ConsumingEnd
  readonly window: KeptWindow
  readonly tally: Tally
  /** Takes notice of all messages of the source at a quiet moment: ready, in hand and acked. */
  readonly counted: (sum: number) => void
}

/** Acks what is kept, sees the acks taken, and gives back what is not kept. */
export class Settler {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Acks the kept prefix with one frame. */
  ack(): void {
    const { window, tally, end } = this.#parts
    if (end.intake.failure !== undefined) return
    const prefix = window.acked(end.intake.ackable)
    if (prefix === undefined) return
    failpoint('before-ack')
    end.intake.ack(prefix.tag, true)
    failpoint('after-ack')
    tally.ack({ written: prefix.messages, parked: 0, bytes: prefix.bytes })
  }

  /** Acks the prefix and waits until the broker has taken it, unless its answer would come behind too much. Throws BrokerError where it went away. */
  async settle(): Promise<QueueCounts | undefined> {
    const { end, tally, window, counted } = this.#parts
    this.ack()
    if (end.intake.crowded) {
      tally.sure()
      return undefined
    }
    const counts = await end.intake.sync()
    tally.sure()
    // What waits is left out, since more of it may have come than the count knew: too few is on the safe side.
    counted(counts.messages + window.counting + Number(tally.sent))
    return counts
  }

  /** Ends the stage, and puts these and all that wait back where they were. */
  async giveBack(tags: readonly number[]): Promise<void> {
    const { intake } = this.#parts.end
    await intake.standDown()
    intake.giveBack(tags)
  }

  /** Acks what is kept and gives everything else back. */
  async standDown(): Promise<void> {
    const { window, end } = this.#parts
    await end.intake.standDown()
    this.ack()
    end.intake.giveBack(window.takeUnkept())
    await this.settle()
    await this.renew()
  }

  /** Puts back by the end of the channel what no nack puts back in order, its acks being taken. */
  async renew(): Promise<void> {
    const { end, window, tally } = this.#parts
    if (!end.intake.owes || end.intake.failure !== undefined) return
    if (tally.unsure > 0) await this.settle()
    await end.renew()
    window.clear()
  }
}
