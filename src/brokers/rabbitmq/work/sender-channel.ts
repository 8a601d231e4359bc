import type { ConfirmChannel } from 'amqplib'
import { BrokerError } from '../../../errors.js'
import { closeChannel } from '../close-channel.js'
import { brokerWords, replyCode } from '../errors.js'
import type { RabbitLink } from '../link.js'
import { Outbox } from '../relay/outbox.js'
import { Signal } from '../relay/signal.js'
import { takeConfirms } from '../wire/confirms.js'
import { ContentReader } from '../wire/content-reader.js'
import { bodyOf, type Content } from '../wire/delivery.js'
import { FRAME, FRAME_END, FRAME_HEAD, FRAME_OVERHEAD, MANDATORY, METHOD, publishHead } from '../wire/frames.js'
import { channelNumber } from '../wire/inner-connection.js'
import { type Taker, type Tapped, tap } from '../wire/tap.js'
import { isSame, type Outgoing } from './outgoing.js'

/** Bytes that may wait in the process for the socket. */
const WAITING_MAX = 4 << 20

type Pending = { readonly out: Outgoing; isReturned: boolean; readonly resolve: (fate: Fate) => void }
/** What became of a message at the broker. `lost`: nobody knows. */
export type Fate = 'taken' | 'refused' | 'returned' | 'lost'

/** One queue or exchange to publish to. */
export type Address = { readonly exchange: string; readonly routingKey: Buffer }

/** A channel in confirm mode that many publish on at once; each learns what became of its own message. */
export class SenderChannel implements Taker {
  readonly full = false
  readonly link: RabbitLink
  /** Wakes when there may be room, or an alarm came or went, or at the end. */
  readonly changed = new Signal()
  readonly #amqp: ConfirmChannel
  readonly #number: number
  readonly #returns: ContentReader
  readonly #outbox: Outbox
  readonly #tapped: Tapped
  readonly #pending = new Map<number, Pending>()
  #next = 1
  /** All before it have been confirmed. */
  #low = 1
  #failure: Error | undefined
  #shipping = false

  /** Opens a channel in confirm mode. Throws BrokerError. */
  static async open(link: RabbitLink): Promise<SenderChannel> {
    return new SenderChannel(link, await link.confirmChannel())
  }

  private constructor(link: RabbitLink, channel: ConfirmChannel) {
    this.link = link
    this.#amqp = channel
    this.#number = channelNumber(channel)
    this.#outbox = new Outbox(link.inner.stream)
    this.#returns = new ContentReader(METHOD.return, content => this.#returned(content), Number.POSITIVE_INFINITY)
    this.#returns.channel = this.#number
    channel.on('error', (failure: Error) => this.#fail(failure))
    channel.on('close', () => this.#fail(undefined))
    this.#tapped = tap(link.inner, this)
    // At once where it is lost already.
    link.onLost(reason => this.#fail(reason))
    link.inner.stream.on('drain', () => this.changed.wake())
    link.onBlocked(() => this.changed.wake())
  }

  get failure(): Error | undefined {
    return this.#failure
  }

  get hungry(): boolean {
    return this.#returns.hungry
  }

  /** Messages whose fate is not known yet. */
  get pending(): number {
    return this.#pending.size
  }

  /** Bytes wait for the socket: nothing more is to be published for now. */
  get isCrowded(): boolean {
    return this.link.inner.stream.writableLength > WAITING_MAX
  }

  /** Publishes one message, mandatory; resolves with what became of it. */
  publish(out: Outgoing, to: Address): Promise<Fate> {
    if (this.#failure !== undefined) return Promise.resolve('lost')
    this.#write(out, to)
    const seq = this.#next++
    return new Promise(resolve => this.#pending.set(seq, { out, isReturned: false, resolve }))
  }

  #write({ header, body }: Outgoing, { exchange, routingKey }: Address): void {
    const head = publishHead(this.#number, exchange)
    const method = Buffer.concat([head, Buffer.of(routingKey.length), routingKey, Buffer.of(MANDATORY, FRAME_END)])
    method.writeUInt32BE(method.length - FRAME_OVERHEAD, 3)
    this.#outbox.put(method, 0, method.length)
    // Its own bytes are left alone: it may be sent again, on another channel.
    const ours = Buffer.from(header)
    ours.writeUInt16BE(this.#number, 1)
    this.#outbox.put(ours, 0, ours.length)
    const most = this.link.frameMax - FRAME_OVERHEAD
    for (let at = 0; at < body.length; at += most) this.#writeBody(body.subarray(at, at + most))
    this.#ship()
  }

  #writeBody(piece: Buffer): void {
    const head = Buffer.alloc(FRAME_HEAD)
    head[0] = FRAME.body
    head.writeUInt16BE(this.#number, 1)
    head.writeUInt32BE(piece.length, 3)
    this.#outbox.put(head, 0, head.length)
    this.#outbox.put(piece, 0, piece.length)
    this.#outbox.put(END, 0, 1)
  }

  /** What is published in one turn of the event loop goes out together. */
  #ship(): void {
    if (this.#shipping) return
    this.#shipping = true
    setImmediate(() => {
      this.#shipping = false
      this.#outbox.ship()
      this.link.inner.sentSinceLastCheck = true
    })
  }

  take(bytes: Buffer): number {
    const at = takeConfirms(bytes, this.#number, (seq, multiple, ok) => this.#confirmed(seq, multiple, ok))
    return at + this.#returns.take(at === 0 ? bytes : bytes.subarray(at))
  }

  #confirmed(tag: number, multiple: boolean, ok: boolean): void {
    for (let seq = multiple ? this.#low : tag; seq <= tag; seq++) {
      const pending = this.#pending.get(seq)
      this.#pending.delete(seq)
      pending?.resolve(!ok ? 'refused' : pending.isReturned ? 'returned' : 'taken')
    }
    if (multiple) this.#low = tag + 1
    this.changed.wake()
  }

  /** A return comes before its confirm and names no number: the first pending one with its bytes is as good as any other. */
  #returned(content: Content): void {
    const { bytes, header, body } = content
    const back = { header: bytes.subarray(header, body), body: bodyOf(content) }
    const open = [...this.#pending.values()].filter(({ isReturned }) => !isReturned)
    const one = open.find(({ out }) => isSame(out, back)) ?? open[0]
    if (one !== undefined) one.isReturned = true
  }

  #fail(failure: Error | undefined): void {
    if (this.#failure !== undefined) return
    this.#failure = failure ?? new BrokerError('The publishing channel was closed', { retry: true, code: 'connection' })
    this.#tapped.remove()
    for (const { resolve } of this.#pending.values()) resolve('lost')
    this.#pending.clear()
    this.changed.wake()
  }

  /** Closes the channel in order; never throws. */
  async close(): Promise<void> {
    // Under an alarm the server reads nothing of who publishes, and answers no close: the end of the connection is the channel's.
    if (this.#failure === undefined && this.link.blocked() === undefined) await closeChannel(this.#amqp)
    this.#fail(undefined)
  }
}

const END = Buffer.of(FRAME_END)

/** The largest body that a broker takes, where a channel was closed for one that was larger (406, rabbit_channel.erl). Bytes. */
export function learntLimit(failure: Error): number | undefined {
  if (replyCode(failure) !== 406) return undefined
  const limit = /message size \d+ (?:is larger than|exceeds).*?(\d+)/.exec(brokerWords(failure))?.[1]
  return limit === undefined ? undefined : Number(limit)
}
