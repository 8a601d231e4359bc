import type { Channel } from 'amqplib'
import { BrokerError } from '../../../errors.js'
import { countsOn, type QueueCounts } from '../admin/passive-declare.js'
import { closeChannel } from '../close-channel.js'
import { fromAmqp } from '../errors.js'
import type { RabbitLink } from '../link.js'
import { Signal } from '../relay/signal.js'
import { ContentReader } from '../wire/content-reader.js'
import { type Delivery, describe } from '../wire/delivery.js'
import { ackFrame, METHOD } from '../wire/frames.js'
import { channelNumber } from '../wire/inner-connection.js'
import { type Taker, type Tapped, tap } from '../wire/tap.js'
import { AckBook } from './ack-book.js'
import type { LaneParts } from './lane-parts.js'
import { detached } from './queue-message.js'

/** Messages are always put together here: handlers want them whole. */
const NEVER_STREAMED = Number.POSITIVE_INFINITY
/** Messages and bytes of one piece. */
const PIECE = 256
const PIECE_BYTES = 1 << 20

type ChannelParts = Pick<LaneParts, 'link' | 'queue' | 'consumers'>

/** A consumer: so many messages unacked at most, and it is cancelled when so many have come. */
export type Stage = { readonly prefetch: number; readonly until: number; readonly exclusive: boolean }
type Running = Stage & { readonly tag: string; readonly base: number; until: number; came: number; acked: number }

/**
 * The channel of one lane: deliveries are taken off the socket as frames, acks go in any order. How much waits here is bounded by the prefetch.
 * A quorum queue takes back what is under way at a cancel and would deliver it out of order: a consumer ends when all that it may deliver has
 * come, and the acks that would let more come wait for that.
 */
export class LaneChannel implements Taker {
  readonly full = false
  /** Wakes at deliveries, when a consumer ended, and at the end. */
  readonly changed = new Signal()
  readonly #link: RabbitLink
  readonly #queue: string
  readonly #consumers: ChannelParts['consumers']
  readonly #amqp: Channel
  readonly #number: number
  readonly #reader: ContentReader
  readonly #tapped: Tapped
  readonly #book = new AckBook()
  #waiting: Delivery[] = []
  #running: Running | undefined
  #cancelling: Promise<void> | undefined
  #failure: Error | undefined

  /** Opens a channel. Throws BrokerError. */
  static async open(parts: ChannelParts): Promise<LaneChannel> {
    return new LaneChannel(parts, await parts.link.channel())
  }

  private constructor({ link, queue, consumers }: ChannelParts, channel: Channel) {
    this.#link = link
    this.#queue = queue
    this.#consumers = consumers
    this.#amqp = channel
    this.#number = channelNumber(channel)
    this.#reader = new ContentReader(METHOD.deliver, content => this.#delivered(describe(content)), NEVER_STREAMED)
    this.#reader.channel = this.#number
    channel.on('error', (failure: Error) => this.#fail(failure))
    channel.on('close', () => this.#fail(undefined))
    this.#tapped = tap(link.inner, this)
    // At once where it is lost already.
    link.onLost(reason => this.#fail(reason))
  }

  /** Why nothing more comes: the channel's or the connection's own error. */
  get failure(): Error | undefined {
    return this.#failure
  }

  get hungry(): boolean {
    return this.#reader.hungry
  }

  /** Messages that came and were not taken yet. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Messages delivered and not acked, taken or not. */
  get open(): number {
    return this.#book.open
  }

  /** Messages whose acks wait for the end of a consumer. */
  get held(): number {
    return this.#book.held
  }

  /** The consumer that is there, or is being cancelled. */
  get stage(): Stage | undefined {
    return this.#running
  }

  /** The lowest delivery tag that is not acked. */
  get lowest(): number {
    return this.#book.lowest
  }

  take(bytes: Buffer): number {
    const before = this.#waiting.length
    const used = this.#reader.take(bytes)
    if (this.#waiting.length > before) this.changed.wake()
    return used
  }

  #delivered(delivery: Delivery): void {
    this.#book.delivered(delivery.tag)
    this.#waiting.push(detached(delivery))
    const running = this.#running
    if (running === undefined) return
    running.came++
    if (running.came === running.until) void this.cancel()
  }

  #fail(failure: Error | undefined): void {
    this.#failure ??= failure ?? new BrokerError('The channel was closed', { retry: true, code: 'connection' })
    this.#tapped.remove()
    this.#reader.fail(this.#failure)
    this.#consumers?.lost()
    this.#waiting = []
    this.#running = undefined
    this.changed.wake()
  }

  /** Begins a consumer; there may be none. Throws UserError `no-queue`, `permission` (403: another's exclusive consumer), BrokerError. */
  async consume(stage: Stage): Promise<void> {
    const tag = `spillway-${Date.now()}-${Math.random().toString(36).slice(2, 8)}`
    try {
      await this.#amqp.prefetch(stage.prefetch)
      this.#running = { ...stage, tag, base: this.#book.newest, came: 0, acked: 0 }
      this.#consumers?.began(tag)
      const options = { consumerTag: tag, exclusive: stage.exclusive }
      await this.#amqp.consume(this.#queue, () => this.#cancelledBy(tag), options)
    } catch (failure) {
      this.#running = undefined
      this.#consumers?.ended(tag, 0)
      throw fromAmqp(failure, {
        doing: `Consuming ${this.#queue}`,
        queue: this.#queue,
        permission: 'read',
        username: this.#link.settings.username,
      })
    }
  }

  /** amqplib calls a consumer with null when the broker cancelled it; messages never come this way. */
  #cancelledBy(tag: string): void {
    if (this.#running?.tag !== tag || this.#cancelling !== undefined) return
    this.#fail(
      new BrokerError(`The broker cancelled the consumer of ${this.#queue}`, { retry: true, code: 'cancelled' }),
    )
  }

  /** Ends the consumer at once; when it resolves, all that it delivered has come. */
  cancel(): Promise<void> {
    const tag = this.#running?.tag
    if (tag === undefined) return Promise.resolve()
    this.#cancelling ??= this.#cancel(tag)
    return this.#cancelling
  }

  async #cancel(tag: string): Promise<void> {
    try {
      await this.#amqp.cancel(tag)
    } catch (failure) {
      this.#fail(failure instanceof Error ? failure : undefined)
    }
    this.#cancelling = undefined
    this.#running = undefined
    this.#consumers?.ended(tag, this.#book.newest)
    this.#sendAcks()
    this.changed.wake()
  }

  /** Ends the consumer when all that it may deliver has come. */
  wind(): void {
    const running = this.#running
    if (running === undefined || this.#cancelling !== undefined) return
    running.until = Math.min(running.until, running.acked + running.prefetch)
    if (running.came >= running.until) void this.cancel()
  }

  /** The next messages, in order; none where none waits. */
  next(): readonly Delivery[] {
    let [count, bytes] = [0, 0]
    for (const { at, end } of this.#waiting) {
      if (count === PIECE || (count > 0 && bytes >= PIECE_BYTES)) break
      bytes += end - at
      count++
    }
    return this.#waiting.splice(0, count)
  }

  /** Notes messages as done, and sends the acks that may go. */
  done(tags: Iterable<number>): void {
    for (const tag of tags) this.#book.done(tag)
    this.#sendAcks()
  }

  #sendAcks(): void {
    if (this.#failure !== undefined) return
    const running = this.#running
    const room = running === undefined ? Number.POSITIVE_INFINITY : running.until - running.prefetch - running.acked
    const { acks, beyond } = this.#book.take({ base: running?.base ?? 0, room })
    if (running !== undefined) running.acked += beyond
    if (acks.length === 0) return
    this.#link.inner.sentSinceLastCheck = true
    this.#link.inner.stream.write(Buffer.concat(acks.map(({ tag, multiple }) => ackFrame(this.#number, tag, multiple))))
  }

  /** A synchronous call on the channel: the acks before it have been taken when it answers. Throws UserError `no-queue`, BrokerError. */
  async sync(): Promise<QueueCounts> {
    try {
      return await countsOn(this.#amqp, this.#queue)
    } catch (failure) {
      throw fromAmqp(this.#failure ?? failure, { doing: `Looking at ${this.#queue}`, queue: this.#queue })
    }
  }

  /** Ends the channel, which puts what is not acked back where it was, in order; never throws. */
  async close(): Promise<void> {
    if (this.#failure === undefined) await closeChannel(this.#amqp)
    this.#fail(undefined)
  }
}
