import type { Gate } from '../../../core/ports.js'
import { BrokerError, UserError } from '../../../errors.js'
import type { RabbitLink } from '../link.js'
import { Signal } from '../relay/signal.js'

/** Pauses between tries to connect: each is twice the one before. Milliseconds. */
const FIRST_MS = 250
const LONGEST_MS = 15_000
// A node that boots refuses logins and hides virtual hosts for a while.
const PASSING = new Set(['unreachable', 'tls-mismatch', 'no-vhost'])

export type ReconnectingOptions = {
  /** Dials a new connection. */
  readonly connect: () => Promise<RabbitLink>
  readonly gate: Gate
  /** Under this name the gate is told of trouble. */
  readonly name: string
  /** Called with each new connection before it is used; what it throws counts as a try that failed. */
  readonly prepare?: (link: RabbitLink, isFirst: boolean) => Promise<void>
}

/** A connection that is made anew when it is lost, with growing pauses, told as trouble at the gate from the second try on. */
export class Reconnecting {
  /** Wakes when the connection is lost. */
  readonly lost = new Signal()
  readonly #options: ReconnectingOptions
  #link: RabbitLink | undefined
  #dialling: Promise<RabbitLink> | undefined
  #wasThere = false

  constructor(options: ReconnectingOptions) {
    this.#options = options
  }

  /** The connection that lives now, if any. */
  get alive(): RabbitLink | undefined {
    return this.#link?.lost.aborted === false ? this.#link : undefined
  }

  /** A living connection. Throws UserError as `connect` where it never was there or cannot come back, the signal's reason. */
  async link(soft: AbortSignal): Promise<RabbitLink> {
    if (this.alive !== undefined) return this.alive
    this.#dialling ??= this.#dial(soft).finally(() => {
      this.#dialling = undefined
    })
    return this.#dialling
  }

  async #dial(soft: AbortSignal): Promise<RabbitLink> {
    const { gate, name } = this.#options
    const pause = new Signal()
    for (let ms = FIRST_MS; ; ms = Math.min(LONGEST_MS, ms * 2)) {
      soft.throwIfAborted()
      try {
        const link = await this.#connected()
        gate.recovered(name)
        return link
      } catch (error) {
        if (!this.#wasThere || !mayPass(error)) throw error
        if (ms > FIRST_MS) gate.trouble(name, `broker: ${error.message}`)
      }
      await pause.wait(ms, soft)
    }
  }

  async #connected(): Promise<RabbitLink> {
    const { connect, prepare } = this.#options
    const link = await connect()
    try {
      await prepare?.(link, !this.#wasThere)
    } catch (error) {
      await link.close()
      throw error
    }
    this.#link = link
    this.#wasThere = true
    link.onLost(() => this.lost.wake())
    return link
  }

  async close(): Promise<void> {
    this.#options.gate.recovered(this.#options.name)
    await this.#dialling?.catch(() => undefined)
    await this.#link?.close()
  }
}

/** Whether the same may work later: a lost connection, a server that boots. */
export const mayPass = (error: unknown): error is BrokerError | UserError =>
  (error instanceof BrokerError && error.retry) || (error instanceof UserError && PASSING.has(error.code))
