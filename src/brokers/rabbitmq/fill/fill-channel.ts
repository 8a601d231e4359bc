import type { ConfirmChannel } from 'amqplib'
import { BrokerError, type SpillwayError } from '../../../errors.js'
import { fromAmqp } from '../errors.js'
import type { RabbitLink } from '../link.js'
import { channelNumber } from '../wire/inner-connection.js'
import { Confirms } from './confirms.js'

/** A confirm channel that takes publishes as whole frames, made by the caller, `mandatory` set. */
export type FillChannel = {
  /** The channel's number and the largest frame, as frames need them. */
  readonly channel: number
  readonly frameMax: number
  /** Messages that the broker has confirmed so far. */
  readonly confirmed: number
  /** Sends the frames of whole messages. Returns true when the socket asks for a pause. */
  send(frames: Buffer): boolean
  /**
   * Resolves at the next confirm, or when the socket takes more. Throws BrokerError where a message was nacked or returned, or the channel
   * or connection is gone; throws the reason of the signal that it was opened with, when that aborts.
   */
  change(): Promise<void>
}

/** Opens one on this connection; it is closed with it. Throws BrokerError. */
export async function openFillChannel(link: RabbitLink, signal: AbortSignal): Promise<FillChannel> {
  const channel = await link.confirmChannel()
  const confirms = new Confirms()
  const bell = new Bell()
  listen(channel, confirms, bell)
  signal.addEventListener('abort', () => bell.fail(signal.reason as Error), { once: true })
  link.inner.stream.on('drain', () => bell.ring())
  link.lost.addEventListener('abort', () => bell.fail(link.lost.reason as SpillwayError), { once: true })
  return {
    channel: channelNumber(channel),
    frameMax: link.frameMax,
    get confirmed() {
      return confirms.count
    },
    send(frames) {
      link.inner.sentSinceLastCheck = true
      return !link.inner.stream.write(frames)
    },
    change: () => bell.rung(),
  }
}

function listen(channel: ConfirmChannel, confirms: Confirms, bell: Bell): void {
  channel.on('ack', ({ deliveryTag, multiple }: { deliveryTag: number; multiple: boolean }) => {
    confirms.take(deliveryTag, multiple)
    bell.ring()
  })
  channel.on('nack', () => bell.fail(refused('did not take a message (nack)', 'nacked', NACKED)))
  channel.on('return', () => bell.fail(refused('returned a message: no queue is bound', 'returned', RETURNED)))
  channel.on('error', failure => bell.fail(fromAmqp(failure, { doing: 'Publishing', permission: 'write' })))
}

const NACKED = 'A queue with overflow=reject-publish that is full says so; see its x-max-length and its policies.'
const RETURNED = 'Somebody has taken the binding away; run the fill again.'

const refused = (what: string, code: string, hint: string): BrokerError =>
  new BrokerError(`The broker ${what}`, { retry: false, code, hint })

/** Wakes one waiter at each ring; the first failure stays. */
class Bell {
  #wake: () => void = () => undefined
  #failure: Error | undefined

  ring(): void {
    this.#wake()
  }

  fail(failure: Error): void {
    this.#failure ??= failure
    this.#wake()
  }

  async rung(): Promise<void> {
    if (this.#failure === undefined) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    if (this.#failure !== undefined) throw this.#failure
  }
}
