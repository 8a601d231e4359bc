import { setTimeout as sleep } from 'node:timers/promises'
import { BrokerError, UserError } from '../../../errors.js'
import { takeLock } from '../admin/take-lock.js'
import { HEARTBEAT_S, type RabbitLink } from '../link.js'
import type { Delivery } from '../wire/delivery.js'
import type { ConfirmWindow } from './confirm-window.js'
import { Intake } from './intake.js'
import type { OwnConsumers } from './own-consumers.js'
import { Publisher } from './publisher.js'
import type { QueueRelayRequest } from './request.js'

/** Somebody else's consumers are counted as well, and are the business of others. Milliseconds. */
const RETURNED_MS = 10_000
const LOOK_MS = 50

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
    if (this.#consume === undefined || this.#consume.lost.aborted) {
      const link = await connect('consume')
      try {
        await takeLock(link, plan.queue, waitMs)
      } catch (error) {
        await link.close()
        throw error
      }
      this.#consume = link
    }
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

/** A quorum queue counts the consumers of a channel that ended until it has taken their messages back. */
async function whenReturned(intake: Intake): Promise<void> {
  for (const until = Date.now() + RETURNED_MS; Date.now() < until; await sleep(LOOK_MS))
    if ((await intake.sync()).consumers === 0) return
}

const notOpen = (): BrokerError => new BrokerError('The relay is not open', { retry: true })

/** Once a run has begun, an unreachable broker is one that may come back. */
function asPassing(error: unknown): never {
  if (error instanceof UserError && PASSING.has(error.code))
    throw new BrokerError(error.message, { retry: true, code: error.code, hint: error.hint, cause: error })
  throw error
}

// A node that boots refuses logins and hides virtual hosts for a while.
const PASSING = new Set(['unreachable', 'tls-mismatch', 'no-vhost'])
