import { HoldError } from '../../../errors.js'
import { declareLanes } from '../admin/declare-lanes.js'
import { lookAt } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'
import type { QueueRelayRequest } from './request.js'

const LOOK_EVERY_MS = 250
/** A broker that nacked is asked again after this long. Milliseconds. */
const NACK_PAUSE_MS = 2000

/** Makes holds that lift themselves: each has a look of its own whether its cause is gone. */
export class Holds {
  readonly #request: QueueRelayRequest
  #timer: NodeJS.Timeout | undefined

  constructor(request: QueueRelayRequest) {
    this.#request = request
  }

  /** The broker blocks publishers: an alarm. */
  blocked(link: RabbitLink): HoldError {
    const reason = `RabbitMQ takes no messages: ${link.blocked() ?? 'blocked'} alarm`
    return this.#until(reason, async () => link.blocked() === undefined || link.lost.aborted)
  }

  /** Nothing is confirmed for long; `moved` says whether something was since. */
  unconfirmed(seconds: number, moved: () => boolean): HoldError {
    return this.#until(`no confirm from RabbitMQ for ${seconds} s`, async () => moved())
  }

  nacked(): HoldError {
    const since = Date.now()
    const reason = 'RabbitMQ refused messages of the temporary queues (basic.nack)'
    return this.#until(reason, async () => Date.now() - since > NACK_PAUSE_MS)
  }

  /** Messages came back from a lane: its queue is gone, or was cut off from its exchange, which is mended here. */
  async returned(link: RabbitLink, name: string): Promise<HoldError> {
    const { plan } = this.#request
    const isThere = async () => (await lookAt(link, name)) !== undefined
    const mend = () => declareLanes(link, { laneQueues: [name], laneArguments: plan.laneArguments })
    if (await isThere()) {
      await mend()
      return this.#until(`temporary queue ${name} was cut off from its exchange`, async () => true)
    }
    return this.#until(`temporary queue ${name} is gone`, async () => {
      if (!(await isThere())) return false
      await mend()
      return true
    })
  }

  /** Stops looking. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  /** The pump sets the hold after it caught this, so the look goes on until a hold was there to be lifted. */
  #until(reason: string, isGone: () => Promise<boolean>): HoldError {
    this.stop()
    const look = async () => {
      // A look that fails says nothing; the connection's own loss lifts the hold, and opening tells the rest.
      const gone = await isGone().catch(() => true)
      if (!(gone && this.#request.release(reason))) this.#timer = setTimeout(look, LOOK_EVERY_MS)
    }
    this.#timer = setTimeout(look, LOOK_EVERY_MS)
    return new HoldError(reason, 'clears')
  }
}
