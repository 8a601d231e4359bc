import type { Channel } from 'amqplib'
import { BrokerError, HoldError } from '../../../errors.js'
import { countsOn, type QueueCounts } from '../admin/passive-declare.js'
import { closeChannel } from '../close-channel.js'
import { brokerWords, fromAmqp } from '../errors.js'
import type { RabbitLink } from '../link.js'
import { ContentReader } from '../wire/content-reader.js'
import { type Content, type Delivery, describe } from '../wire/delivery.js'
import { ackFrame, METHOD, requeueFrames } from '../wire/frames.js'
import { channelNumber } from '../wire/inner-connection.js'
import { type Taker, type Tapped, tap } from '../wire/tap.js'
import { consumerSeen, type IntakeParts } from './intake-parts.js'
import { RunningStage, type Stage } from './running-stage.js'
import { Signal } from './signal.js'
import { Waiting } from './waiting.js'

/** Bytes of messages that wait to be published; beyond it nothing more is read from the socket. */
const WAITING_MAX = 16 << 20
const LATE_MAX = 4 << 20

/** The consuming side: takes deliveries as frames off the socket, in stages, and sends acks. */
export class Intake implements Taker {
  readonly link: RabbitLink
  /** Wakes at deliveries, when a stage ends, and at the end. */
  readonly changed = new Signal()
  /** Messages are to go back that only the end of the channel puts back in order. */
  owes = false
  readonly #parts: IntakeParts
  readonly #amqp: Channel
  readonly #channel: number
  readonly #reader: ContentReader
  readonly #tapped: Tapped
  readonly #waiting = new Waiting()
  #late: Delivery['late']
  #stage: RunningStage | undefined
  /** The last delivery tag that came, dropped or not, and the last that was acked with all before it. */
  #newest = 0
  #acked = 0
  #cancelling: Promise<void> | undefined
  #dropping = false
  #failure: Error | undefined
  #last = 0

  /** Opens a channel. Throws BrokerError. */
  static async open(parts: IntakeParts): Promise<Intake> {
    return new Intake(parts, await parts.link.channel())
  }

  private constructor(parts: IntakeParts, channel: Channel) {
    const { link } = parts
    this.#parts = parts
    this.link = link
    this.#amqp = channel
    this.#channel = channelNumber(channel)
    this.#reader = new ContentReader(METHOD.deliver, content => this.#delivered(content))
    this.#reader.channel = this.#channel
    channel.on('error', (failure: Error) => this.#fail(failure))
    channel.on('close', () => this.#fail(undefined))
    this.#tapped = tap(link.inner, this)
    link.onLost(reason => this.#fail(reason))
  }

  get failure(): Error | undefined {
    return this.#failure
  }

  /** Messages that were delivered and not taken yet. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Delivery tag of the first of them; Infinity where there is none. */
  get firstWaiting(): number {
    return this.#waiting.first
  }

  get consuming(): boolean {
    return this.#stage !== undefined && this.#cancelling === undefined
  }

  get hungry(): boolean {
    return this.#reader.hungry
  }

  get full(): boolean {
    return this.#holdsMuch(1)
  }

  /** So much waits that an answer of the broker, which comes behind it, is not to be waited for. */
  get crowded(): boolean {
    return this.#holdsMuch(2)
  }

  #holdsMuch(times: number): boolean {
    const late = this.#late?.waiting ?? 0
    return !this.#dropping && (this.#waiting.bytes * times > WAITING_MAX || late * times > LATE_MAX)
  }

  take(bytes: Buffer): number {
    const before = this.#waiting.length
    const used = this.#reader.take(bytes)
    if (this.#waiting.length > before) this.changed.wake()
    return used
  }

  #delivered(content: Content): void {
    const delivery = describe(content)
    this.#newest = delivery.tag
    if (this.#dropping) delivery.late?.drop()
    if (this.#dropping) this.#requeue([delivery.tag])
    else this.#keep(delivery)
  }

  #keep(delivery: Delivery): void {
    this.#last = delivery.tag
    this.#waiting.push(delivery)
    if (delivery.late !== undefined) {
      this.#late = delivery.late
      delivery.late.onTaken(() => this.#tapped.wake())
    }
    this.#parts.seen(delivery)
    if (this.#stage?.arrived()) void this.cancel()
  }

  #fail(failure: Error | undefined): void {
    this.#failure ??=
      failure ?? new BrokerError('The consuming channel was closed', { retry: true, code: 'connection' })
    this.#tapped.remove()
    this.#parts.consumers.lost()
    this.#reader.fail(this.#failure)
    this.#stage = undefined
    // They will be delivered again; the broker has taken them back.
    this.#waiting.clear()
    this.#late = undefined
    this.changed.wake()
  }

  /** Begins a stage. Throws HoldError while another consumer is in the way, else what `fromAmqp` makes of it. */
  async consume(stage: Stage): Promise<void> {
    const { queue, exclusive, takesBack, link } = this.#parts
    const tag = `spillway-${Date.now()}-${Math.random().toString(36).slice(2, 8)}`
    try {
      await this.#amqp.prefetch(stage.prefetch)
      this.#dropping = false
      this.#stage = new RunningStage(stage, { tag, base: this.#newest, takesBack })
      this.#parts.consumers.began(tag)
      await this.#amqp.consume(queue, () => this.#cancelledBy(tag), { consumerTag: tag, exclusive })
    } catch (failure) {
      this.#stage = undefined
      this.#parts.consumers.ended(tag, 0)
      if (/exclusive use|has exclusive/.test(brokerWords(failure))) throw new HoldError(consumerSeen(queue), 'operator')
      const { username } = link.settings
      throw fromAmqp(failure, { doing: `Consuming ${queue}`, queue, permission: 'read', username })
    }
  }

  /** amqplib calls a consumer with null when the broker cancelled it; messages never come this way. */
  #cancelledBy(tag: string): void {
    if (!this.consuming || this.#stage?.tag !== tag) return
    this.#fail(
      new BrokerError(`The broker cancelled the consumer of ${this.#parts.queue}`, { retry: true, code: 'cancelled' }),
    )
  }

  /** Ends the stage; when it resolves all that was under way has come. */
  async cancel(): Promise<void> {
    const { tag } = this.#stage ?? {}
    if (tag === undefined || this.#cancelling !== undefined) return this.#cancelling
    this.#cancelling = this.#amqp.cancel(tag).then(
      () => undefined,
      failure => this.#fail(failure),
    )
    await this.#cancelling
    this.#cancelling = undefined
    this.#stage = undefined
    this.#parts.consumers.ended(tag, this.#last)
    this.changed.wake()
  }

  /** The last tag that may be acked now. A cancel goes by amqplib's buffers, and an ack would overtake it and let more come. */
  get ackable(): number {
    return this.#stage?.ackable ?? Number.POSITIVE_INFINITY
  }

  /** Ends the stage as soon as it may end: at once, or when what is under way has come. */
  wind(): void {
    if (this.#stage?.wind(this.#acked)) void this.cancel()
  }

  /** Whether a cancel is under way. */
  get cancelling(): boolean {
    return this.#cancelling !== undefined
  }

  /** The next messages, in order: at most so many, at least one if there is one. */
  next(records: number, bytes: number): Delivery[] {
    const wasFull = this.full
    const piece = this.#waiting.next(records, bytes)
    if (wasFull && !this.full) setImmediate(this.#tapped.wake)
    return piece
  }

  /** Acks everything up to a tag, or one. */
  ack(tag: number, multiple: boolean): void {
    if (multiple) this.#acked = tag
    this.#send(ackFrame(this.#channel, tag, multiple))
  }

  /** Ends the stage; all that waits, and all that still comes, goes back where it was. */
  async standDown(): Promise<void> {
    this.#dropping = true
    this.giveBack([])
    // What is under way at a cancel would come back as if it were nacked.
    if (this.consuming && this.#parts.nacksReorder) [this.#stage, this.owes] = [undefined, true]
    await this.cancel()
  }

  /** Puts messages back where they were: these, and all that wait. */
  giveBack(tags: readonly number[]): void {
    this.#late?.drop()
    this.#late = undefined
    this.#requeue([...tags, ...this.#waiting.clear().map(({ tag }) => tag)])
    this.#tapped.wake()
  }

  #requeue(tags: readonly number[]): void {
    if (this.#parts.nacksReorder) this.owes ||= tags.length > 0
    else this.#send(requeueFrames(this.#channel, tags))
  }

  #send(frame: Buffer): void {
    if (this.#failure !== undefined) return
    this.link.inner.sentSinceLastCheck = true
    this.link.inner.stream.write(frame)
  }

  /** A synchronous call on the channel: the acks before it have been taken when it answers. */
  async sync(): Promise<QueueCounts> {
    try {
      return await countsOn(this.#amqp, this.#parts.queue)
    } catch (failure) {
      throw fromAmqp(failure, { doing: `Looking at ${this.#parts.queue}`, queue: this.#parts.queue })
    }
  }

  /** Closes the channel in order; never throws. */
  async close(): Promise<void> {
    if (this.#failure === undefined) await closeChannel(this.#amqp)
  }
}
