import type { ConfirmChannel } from 'amqplib'
import { failpoint } from '../../../core/failpoint.js'
import { BrokerError } from '../../../errors.js'
import type { RabbitLink } from '../link.js'
import { takeConfirms } from '../wire/confirms.js'
import { ContentReader } from '../wire/content-reader.js'
import { type Delivery, recut, returnedFrom, setChannel } from '../wire/delivery.js'
import { FRAME_END, FRAME_HEAD, MANDATORY, METHOD, publishHead } from '../wire/frames.js'
import { channelNumber } from '../wire/inner-connection.js'
import { type Taker, type Tapped, tap } from '../wire/tap.js'
import type { ConfirmWindow } from './confirm-window.js'
import { Outbox } from './outbox.js'
import { Signal } from './signal.js'

/** Bytes that may wait in the process for the socket. */
const WAITING_MAX = 4 << 20

export type PublisherParts = {
  readonly link: RabbitLink
  readonly laneQueues: readonly string[]
  readonly window: ConfirmWindow
  /** Called after confirms were taken in. */
  readonly confirmed: () => void
}

/** The publishing side: writes messages as frames, mandatory, and takes confirms and returns into the window. */
export class Publisher implements Taker {
  readonly link: RabbitLink
  readonly full = false
  /** Wakes at confirms, returns, alarms and at the end. */
  readonly changed = new Signal()
  readonly #parts: PublisherParts
  readonly #amqp: ConfirmChannel
  readonly #channel: number
  readonly #heads: readonly Buffer[]
  readonly #returns: ContentReader
  readonly #outbox: Outbox
  readonly #tapped: Tapped
  #failure: Error | undefined

  /** Opens a channel in confirm mode. Throws BrokerError. */
  static async open(parts: PublisherParts): Promise<Publisher> {
    return new Publisher(parts, await parts.link.confirmChannel())
  }

  private constructor(parts: PublisherParts, channel: ConfirmChannel) {
    const { link, laneQueues } = parts
    this.#parts = parts
    this.link = link
    this.#amqp = channel
    this.#channel = channelNumber(channel)
    this.#heads = laneQueues.map(name => publishHead(this.#channel, name))
    this.#outbox = new Outbox(link.inner.stream)
    const lanes = new Map(laneQueues.map((name, lane) => [name, lane]))
    this.#returns = new ContentReader(METHOD.return, content =>
      parts.window.returned(lanes.get(returnedFrom(content)) ?? 0),
    )
    this.#returns.channel = this.#channel
    channel.on('error', (failure: Error) => this.#fail(failure))
    channel.on('close', () => this.#fail(undefined))
    this.#tapped = tap(link.inner, this)
    // At once where it is lost already.
    link.onLost(reason => this.#fail(reason))
    link.inner.stream.on('drain', () => this.changed.wake())
    link.onBlocked(() => this.changed.wake())
  }

  /** Why it can publish no more: the channel's or the connection's own error. */
  get failure(): Error | undefined {
    return this.#failure
  }

  get hungry(): boolean {
    return this.#returns.hungry
  }

  /** Gives the channel up, so that `open` makes another; what it has not confirmed by now it never will. */
  retire(): void {
    this.#fail(new BrokerError('The publishing channel was given up', { retry: true, code: 'connection' }))
    // A connection that goes meanwhile takes the channel along.
    void this.#amqp.close().catch(() => undefined)
  }

  #fail(failure: Error | undefined): void {
    this.#failure ??=
      failure ?? new BrokerError('The publishing channel was closed', { retry: true, code: 'connection' })
    this.#tapped.remove()
    this.changed.wake()
  }

  take(bytes: Buffer): number {
    const { window } = this.#parts
    const at = takeConfirms(bytes, this.#channel, (seq, multiple, ok) => window.confirm(seq, multiple, ok))
    if (at > 0) this.#told()
    return at + this.#returns.take(at === 0 ? bytes : bytes.subarray(at))
  }

  #told(): void {
    failpoint('after-confirm')
    this.#parts.confirmed()
    this.changed.wake()
  }

  /** Writes one message to a lane; `header` in the place of its own header frame. What is written goes out with `ship`. */
  put(delivery: Delivery, lane: number, header: Buffer | undefined): void {
    const { bytes, header: from, body, end } = delivery
    this.#method(delivery, this.#heads[lane] as Buffer)
    setChannel(bytes, { from, to: end }, this.#channel)
    const whole = header === undefined && this.#fits(delivery)
    if (header === undefined) this.#outbox.put(bytes, from, whole ? end : body)
    else {
      setChannel(header, { from: 0, to: header.length }, this.#channel)
      this.#outbox.put(header, 0, header.length)
    }
    if (!whole) this.#body(bytes.subarray(body, end))
  }

  /** Writes a frame of a body that comes late. */
  putBody(frame: Buffer): void {
    setChannel(frame, { from: 0, to: frame.length }, this.#channel)
    this.#body(frame)
  }

  #fits({ size }: Delivery): boolean {
    return size + 8 <= this.link.frameMax
  }

  #body(frames: Buffer): void {
    for (const frame of recut(frames, this.#channel, this.link.frameMax)) this.#outbox.put(frame, 0, frame.length)
  }

  #method({ bytes, routing }: Delivery, head: Buffer): void {
    const key = 1 + (bytes[routing] ?? 0)
    const length = head.length + key + 2
    const { block, at } = this.#outbox.room(length)
    head.copy(block, at)
    block.writeUInt32BE(length - FRAME_HEAD - 1, at + 3)
    bytes.copy(block, at + head.length, routing, routing + key)
    block[at + length - 2] = MANDATORY
    block[at + length - 1] = FRAME_END
  }

  /** Sends what was written. */
  ship(): void {
    this.#outbox.ship()
    this.link.inner.sentSinceLastCheck = true
  }

  /** Waits until the socket has room. Comes back early where the broker blocks us: nothing more is to be written then. */
  async room(hard: AbortSignal): Promise<void> {
    while (this.link.inner.stream.writableLength > WAITING_MAX && this.#failure === undefined) {
      if (hard.aborted || this.link.blocked() !== undefined) return
      await this.changed.wait(1000, hard)
    }
  }
}
