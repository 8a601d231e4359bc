import { setTimeout as sleep } from 'node:timers/promises'
import { BrokerError } from '../../../errors.js'
import { brokerWords, fromAmqp, replyCode } from '../errors.js'
import type { Carrier } from './carrier.js'
import type { ConfirmWindow } from './confirm-window.js'
import type { Ends } from './ends.js'
import type { Holds } from './holds.js'
import type { QueueRelayRequest } from './request.js'

/** Under an alarm, confirms of what the broker had read already still come for a moment. Milliseconds. */
const ALARM_GRACE_MS = 1000
/** Lanes that confirm nothing for this long have no majority, or a very slow disk. Seconds. */
const STUCK_S = 10

type Parts = {
  readonly request: QueueRelayRequest
  readonly ends: Ends
  readonly window: ConfirmWindow
  readonly holds: Holds
  readonly carrier: Carrier
}

/** Waits for confirms, and says what is in their way. */
export class Flush {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Resolves when everything published is confirmed. Throws HoldError for alarms, nacks, returns and silence; BrokerError at a loss. */
  async all(hard: AbortSignal): Promise<void> {
    const { ends, window } = this.#parts
    let progress = { pending: window.pending, at: Date.now() }
    while (window.pending > 0) {
      this.#assertAlive(hard)
      if (ends.publisher.link.blocked() !== undefined) await this.#alarmed()
      if (window.pending !== progress.pending) progress = { pending: window.pending, at: Date.now() }
      if (Date.now() - progress.at > STUCK_S * 1000) throw this.#stuck(progress.pending)
      if (window.pending > 0) await ends.publisher.changed.wait(250, hard)
    }
    this.#assertAlive(hard)
    if (window.troubled) throw await this.#trouble()
  }

  #assertAlive(hard: AbortSignal): void {
    const { intake, publisher } = this.#parts.ends
    if (hard.aborted) throw hard.reason
    if (intake.failure !== undefined) throw fromAmqp(intake.failure, { doing: 'Consuming' })
    if (publisher.failure !== undefined) throw this.explain(publisher.failure)
  }

  async #alarmed(): Promise<void> {
    const { ends, window, holds } = this.#parts
    await sleep(ALARM_GRACE_MS)
    if (window.pending > 0 && ends.publisher.link.blocked() !== undefined) throw holds.blocked(ends.publisher.link)
  }

  #stuck(pending: number): Error {
    const { ends, holds, window } = this.#parts
    const { intake, publisher } = ends
    const isLost = () => intake.failure !== undefined || publisher.failure !== undefined
    const isOver = () => isLost() || window.pending < pending
    return holds.unconfirmed(STUCK_S, isOver, () => publisher.retire())
  }

  async #trouble(): Promise<Error> {
    const { ends, window, holds, request } = this.#parts
    const [lane] = window.returnedLanes
    const names = (lanes: readonly number[]) => lanes.flatMap(each => request.plan.laneQueues[each] ?? [])
    const [name] = names(lane === undefined ? [] : [lane])
    if (name !== undefined) return holds.returned(ends.publisher.link, name)
    // A channel keeps to itself that a quorum queue was full: only a new one learns that it no longer is.
    ends.publisher.retire()
    return holds.nacked(names(window.failedLanes))
  }

  /** What a closed publishing channel means: refused for good reasons that were learned, an exchange that is gone, or a loss. */
  explain(failure: Error): Error {
    const { carrier, ends, holds, request } = this.#parts
    const [, exchange] = /no exchange '(.*?)' in vhost/.exec(brokerWords(failure)) ?? []
    if (replyCode(failure) === 404 && exchange !== undefined && request.plan.laneQueues.includes(exchange))
      return holds.exchangeGone(ends.publisher.link, exchange)
    if (carrier.learn(failure))
      return new BrokerError(`Publishing to ${request.plan.target} failed: ${failure.message}`, {
        retry: true,
        cause: failure,
      })
    return fromAmqp(failure, { doing: `Publishing to ${request.plan.target}`, permission: 'write' })
  }
}
