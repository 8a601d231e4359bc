import type { Channel } from 'amqplib'
import { bytesAt, idText } from '../../../core/seen-bytes.js'
import type { SeenId } from '../../../core/seen-id.js'
import { BrokerError } from '../../../errors.js'
import type { IdBatch } from '../../../reconcile/ports.js'
import { closeChannel } from '../close-channel.js'
import { fromAmqp } from '../errors.js'
import type { RabbitLink } from '../link.js'
import { Signal } from '../relay/signal.js'
import { ContentReader } from '../wire/content-reader.js'
import { type Delivery, describe } from '../wire/delivery.js'
import { ackFrame, METHOD } from '../wire/frames.js'
import { channelNumber } from '../wire/inner-connection.js'
import { type Taker, type Tapped, tap } from '../wire/tap.js'
import { limitRefusal } from '../work/delivery-limit.js'
import type { DeliveryLimit } from '../work/lane-parts.js'
import { QueueMessage } from '../work/queue-message.js'

/** Ids and their characters that wait here; beyond it nothing more is read from the socket. */
const MOST = 20_000
const MOST_CHARACTERS = 16 << 20
/** A stream gives no more than so many at once, and needs to be told that they came. rabbitmq.com/docs/streams#consuming */
const STREAM_PREFETCH = 2000
/** Most that one consumer of a quorum queue may have unacked: a short (AMQP 0-9-1, 1.7.2.1), and none means 2,000 there. */
export const PREFETCH = 65_535

/** What is read, and how. */
export type IdReading = {
  readonly link: RabbitLink
  /** Another connection: on the first an answer comes behind all messages that are on their way. */
  readonly looking: RabbitLink
  readonly queue: string
  /** Ready messages of a look before: a quorum queue that is slow to answer is told as an empty one. */
  readonly ready: number
  readonly where: SeenId
  readonly isStream: boolean
  /** A classic queue gives one consumer all that it has. */
  readonly isClassic: boolean
  /** Consume alone: a classic queue without a single active consumer. */
  readonly exclusive: boolean
  readonly deliveryLimit?: DeliveryLimit
}

/** A channel that consumes a queue without acking: all that it was given goes back to its place when it is closed. Of the messages it keeps the ids alone. */
export class IdChannel implements Taker {
  readonly changed = new Signal()
  readonly #reading: IdReading
  readonly #amqp: Channel
  readonly #reader: ContentReader
  readonly #tapped: Tapped
  #ids: (string | null)[] = []
  #times: (number | null)[] = []
  #characters = 0
  #newest = 0
  #consumers = 0
  #failure: Error | undefined
  #isClosing = false

  /** Opens a channel on a connection that nothing else uses. Throws BrokerError. */
  static async open(reading: IdReading): Promise<IdChannel> {
    return new IdChannel(reading, await reading.link.channel())
  }

  private constructor(reading: IdReading, channel: Channel) {
    const { link } = reading
    this.#reading = reading
    this.#amqp = channel
    this.#reader = new ContentReader(METHOD.deliver, content => this.#came(describe(content)), Number.POSITIVE_INFINITY)
    this.#reader.channel = channelNumber(channel)
    channel.on('error', (failure: Error) => this.#fail(failure))
    this.#tapped = tap(link.inner, this)
    channel.on('close', () => {
      this.#fail(undefined)
      this.#tapped.remove()
    })
    link.onLost(reason => this.#fail(reason))
  }

  get hungry(): boolean {
    return this.#reader.hungry
  }

  get full(): boolean {
    return (
      !this.#isClosing &&
      this.#failure === undefined &&
      (this.#ids.length >= MOST || this.#characters >= MOST_CHARACTERS)
    )
  }

  take(bytes: Buffer): number {
    const before = this.#ids.length
    const used = this.#reader.take(bytes)
    if (this.#ids.length > before) this.changed.wake()
    return used
  }

  #came(delivery: Delivery): void {
    if (this.#isClosing || this.#failure !== undefined) return
    const { where, queue, deliveryLimit } = this.#reading
    const refusal = limitRefusal(delivery, queue, deliveryLimit)
    if (refusal !== undefined) {
      this.#fail(refusal)
      return
    }
    const message = new QueueMessage(delivery, { target: queue, lane: queue, key: 'routing-key' })
    const id = idText(bytesAt(message, where))
    this.#newest = delivery.tag
    this.#ids.push(id)
    this.#times.push(message.timestamp < 0 ? null : message.timestamp)
    this.#characters += id?.length ?? 0
  }

  #fail(failure: Error | undefined): void {
    this.#failure ??= failure ?? new BrokerError('The channel was closed', { retry: true, code: 'connection' })
    this.changed.wake()
  }

  /** Consumers of this channel. */
  get consumers(): number {
    return this.#consumers
  }

  /** Whether all came that these consumers may have unacked: another one gets more. */
  get isUsedUp(): boolean {
    const { isStream, isClassic } = this.#reading
    return !isStream && !isClassic && this.#newest >= this.#consumers * PREFETCH
  }

  /** Begins to consume, or to consume more. Throws UserError `permission`, BrokerError. */
  async consume(): Promise<void> {
    const { queue, isStream, isClassic, exclusive, link } = this.#reading
    this.#consumers++
    const tag = `spillway-reconcile-${process.pid}-${this.#consumers}`
    try {
      await this.#amqp.prefetch(isStream ? STREAM_PREFETCH : isClassic ? 0 : PREFETCH)
      await this.#amqp.consume(queue, () => this.#cancelled(), {
        consumerTag: tag,
        exclusive,
        ...(isStream ? { arguments: { 'x-stream-offset': 'first' } } : {}),
      })
    } catch (failure) {
      const { username } = link.settings
      throw fromAmqp(failure, { doing: `Reading ${queue}`, queue, permission: 'read', username })
    }
  }

  /** amqplib calls a consumer with null when the broker cancelled it; messages never come this way. */
  #cancelled(): void {
    const { queue } = this.#reading
    this.#fail(new BrokerError(`The broker cancelled the consumer of ${queue}`, { retry: true, code: 'cancelled' }))
  }

  /** The ids that came since, `most` at most; undefined where none did. Throws what ended the channel. */
  next(most: number): IdBatch | undefined {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#ids.length === 0) return undefined
    const batch = { ids: this.#ids.slice(0, most), times: this.#times.slice(0, most) }
    ;[this.#ids, this.#times, this.#characters] = [[], [], 0]
    if (this.#reading.isStream) this.#credit()
    this.#tapped.wake()
    return batch
  }

  /** To a stream an ack means nothing but that more may come. */
  #credit(): void {
    const { inner } = this.#reading.link
    inner.sentSinceLastCheck = true
    inner.stream.write(ackFrame(this.#reader.channel, this.#newest, true))
  }

  /** Ends the channel, which puts everything back where it was, in order; never throws. What still comes meanwhile is let pass. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#tapped.wake()
    await closeChannel(this.#amqp)
    this.#tapped.remove()
  }
}
