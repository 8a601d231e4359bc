import { BrokerError } from '../../../errors.js'
import { HEARTBEAT_S, type RabbitLink } from '../link.js'
import type { Delivery } from '../wire/delivery.js'
import type { ConfirmWindow } from './confirm-window.js'
import { asPassing, lockedLink, whenReturned } from './held-link.js'
import { Intake } from './intake.js'
import type { OwnConsumers } from './own-consumers.js'
import { Publisher } from './publisher.js'
import type { QueueRelayRequest } from './request.js'

type Parts = {
  readonly window: ConfirmWindow
  readonly seen: (delivery: Delivery) => void
  readonly confirmed: () => void
  readonly consumers: OwnConsumers
}

/** The two connections of a relay and what stands on them; whatever died is made anew by `open`. */
export class Ends {
  readonly #request: QueueRelayRequest
  readonly #parts: Parts
  #consume: RabbitLink | undefined
  #publish: RabbitLink | undefined
  #intake: Intake | undefined
  #publisher: Publisher | undefined
  #renewing: Promise<void> | undefined

  constructor(request: QueueRelayRequest, parts: Parts) {
    this.#request = request
    this.#parts = parts
  }

  /** A consumer of its own is there, or being made. */
  get consuming(): boolean {
    return this.#intake?.consuming === true
  }

  get intake(): Intake {
    if (this.#intake === undefined) throw notOpen()
    return this.#intake
  }

  get publisher(): Publisher {
    if (this.#publisher === undefined) throw notOpen()
    return this.#publisher
  }

  /** Connects where nothing lives and takes the lock. Throws Refusal `claimed`, UserError as `connect`. */
  async connect(waitMs: number): Promise<{ readonly consume: RabbitLink; readonly publish: RabbitLink }> {
    const { plan, connect } = this.#request
    if (this.#consume === undefined || this.#consume.lost.aborted)
      this.#consume = await lockedLink(() => connect('consume'), plan.queue, waitMs)
    if (this.#publish === undefined || this.#publish.lost.aborted) this.#publish = await connect('publish')
    return { consume: this.#consume, publish: this.#publish }
  }

  /** Makes both ends ready. A broker that is away is a BrokerError, retriable. */
  async open(): Promise<void> {
    const { plan } = this.#request
    // One's own connection may be dead without the broker knowing: two heartbeats tell it.
    const { consume, publish } = await this.connect(2000 * HEARTBEAT_S).catch(asPassing)
    await this.#renewing?.catch(() => undefined)
    if (this.#intake === undefined || this.#intake.failure !== undefined) this.#intake = await this.#intakeOn(consume)
    if (this.#publisher === undefined || this.#publisher.failure !== undefined) {
      this.#parts.window.restart()
      const { window, confirmed } = this.#parts
      this.#publisher = await Publisher.open({ link: publish, laneQueues: plan.laneQueues, window, confirmed })
    }
  }

  /** Ends the consuming channel, which puts all that it holds back in order, and goes on with another. Throws BrokerError. */
  async renewIntake(): Promise<void> {
    this.#renewing ??= this.#renew(this.intake).finally(() => {
      this.#renewing = undefined
    })
    await this.#renewing
  }

  async #renew(old: Intake): Promise<void> {
    await old.close()
    const intake = await this.#intakeOn(old.link)
    await whenReturned(intake)
    this.#intake = intake
  }

  async #intakeOn(link: RabbitLink): Promise<Intake> {
    const { queue, queueType, singleActiveConsumer } = this.#request.plan
    const exclusive = queueType === 'classic' && !singleActiveConsumer
    const takesBack = queueType === 'quorum'
    const nacksReorder = takesBack && Number.parseInt(link.version, 10) < 4
    const intake = await Intake.open({ link, queue, exclusive, takesBack, nacksReorder, ...this.#parts })
    this.#parts.consumers.lost()
    return intake
  }

  async close(): Promise<void> {
    await this.#intake?.close()
    await Promise.all([this.#consume?.close(), this.#publish?.close()])
  }
}

const notOpen = (): BrokerError => new BrokerError('The relay is not open', { retry: true })
