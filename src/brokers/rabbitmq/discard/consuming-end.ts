import { setTimeout as sleep } from 'node:timers/promises'
import { BrokerError, UserError } from '../../../errors.js'
import { takeLock } from '../admin/take-lock.js'
import { HEARTBEAT_S, type RabbitLink } from '../link.js'
import { Intake } from '../relay/intake.js'
import type { OwnConsumers } from '../relay/own-consumers.js'
import type { Delivery } from '../wire/delivery.js'
import type { QueueDiscardRequest } from './request.js'

/** Somebody else's consumers are counted as well, and are the business of others. Milliseconds. */
const RETURNED_MS = 10_000
const LOOK_MS = 50

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

  get intake(): Intake {
    if (this.#intake === undefined) throw notOpen()
    return this.#intake
  }

  /** Connects where nothing lives and takes the lock. Throws Refusal `claimed`, UserError as `connect`. */
  async connect(waitMs: number): Promise<RabbitLink> {
    const { plan, connect } = this.#parts.request
    if (this.#link !== undefined && !this.#link.lost.aborted) return this.#link
    const link = await connect()
    try {
      await takeLock(link, plan.topic, waitMs)
    } catch (error) {
      await link.close()
      throw error
    }
    this.#link = link
    return link
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

/** A quorum queue counts the consumers of a channel that ended until it has taken their messages back. */
async function whenReturned(intake: Intake): Promise<void> {
  for (const until = Date.now() + RETURNED_MS; Date.now() < until; await sleep(LOOK_MS))
    if ((await intake.sync()).consumers === 0) return
}

const notOpen = (): BrokerError => new BrokerError('The queue is not open', { retry: true })

/** Once a run has begun, an unreachable broker is one that may come back. */
function asPassing(error: unknown): never {
  if (error instanceof UserError && PASSING.has(error.code))
    throw new BrokerError(error.message, { retry: true, code: error.code, hint: error.hint, cause: error })
  throw error
}

// A node that boots refuses logins and hides virtual hosts for a while.
const PASSING = new Set(['unreachable', 'tls-mismatch', 'no-vhost'])
