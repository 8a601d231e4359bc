import { BrokerError } from '../../../errors.js'
import { HEARTBEAT_S, type RabbitLink } from '../link.js'
import { asPassing, lockedLink, whenReturned } from '../relay/held-link.js'
import { Intake } from '../relay/intake.js'
import type { OwnConsumers } from '../relay/own-consumers.js'
import type { Delivery } from '../wire/delivery.js'
import type { QueueDiscardRequest } from './request.js'

type Parts = {
  readonly request: Pick<QueueDiscardRequest, 'plan' | 'connect'>
  readonly seen: (delivery: Delivery) => void
  readonly consumers: OwnConsumers
}

/** The one connection of a discard, its lock and its consuming channel; whatever died is made anew by `open`. Nothing is ever published on it. */
export class ConsumingEnd {
  readonly #parts: Parts
  #link: RabbitLink | undefined
  #intake: Intake | undefined
  #renewing: Promise<void> | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Throws BrokerError, retriable, where there is none yet. */
  get link(): RabbitLink {
    if (this.#link === undefined) throw notOpen()
    return this.#link
  }

  /**
   * A quorum queue before 4.0 has no place for a nacked message; see `IntakeParts`. A later one puts what is nacked in the order of the nacks, which a
   * prefix by age, that always gives something back, cannot promise: what arrives meanwhile would come in between.
   */
  get nacksReorder(): boolean {
    const { queueType, scope } = this.#parts.request.plan
    return queueType !== 'classic' && (scope.kind !== 'all' || Number.parseInt(this.link.version, 10) < 4)
  }

  /** A consumer of its own is there, or being made. */
  get consuming(): boolean {
    return this.#intake?.consuming === true
  }

  get intake(): Intake {
    if (this.#intake === undefined) throw notOpen()
    return this.#intake
  }

  /** Connects where nothing lives and takes the lock. Throws Refusal `claimed`, UserError as `connect`. */
  async connect(waitMs: number): Promise<RabbitLink> {
    const { plan, connect } = this.#parts.request
    if (this.#link === undefined || this.#link.lost.aborted) this.#link = await lockedLink(connect, plan.topic, waitMs)
    return this.#link
  }

  /** Makes it ready. A broker that is away is a BrokerError, retriable. */
  async open(): Promise<RabbitLink> {
    // One's own connection may be dead without the broker knowing: two heartbeats tell it.
    const link = await this.connect(2000 * HEARTBEAT_S).catch(asPassing)
    await this.#renewing?.catch(() => undefined)
    if (this.#intake === undefined || this.#intake.failure !== undefined) this.#intake = await this.#intakeOn(link)
    return link
  }

  /** Ends the channel, which puts all that it holds back in order, and goes on with another. Throws BrokerError. */
  async renew(): Promise<void> {
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
    const { request, seen, consumers } = this.#parts
    const { topic: queue, queueType, singleActiveConsumer } = request.plan
    // A type that nobody tells is treated with the care that a quorum queue needs.
    const takesBack = queueType !== 'classic'
    const exclusive = !takesBack && singleActiveConsumer !== true
    const { nacksReorder } = this
    const intake = await Intake.open({ link, queue, exclusive, takesBack, nacksReorder, seen, consumers })
    consumers.lost()
    return intake
  }

  async close(): Promise<void> {
    await this.#intake?.close()
    await this.#link?.close()
  }
}

const notOpen = (): BrokerError => new BrokerError('The queue is not open', { retry: true })
