import type { Message } from '../../../core/message.js'
import type { Gate } from '../../../core/ports.js'
import { BrokerError, UserError } from '../../../errors.js'
import { type Sender, UncarriableError } from '../../../fanout/ports.js'
import { exchangeIsThere, passiveDeclare } from '../admin/passive-declare.js'
import { brokerWords, fromAmqp } from '../errors.js'
import type { RabbitLink } from '../link.js'
import { routingKey } from '../wire/delivery.js'
import { type Extra, type Outgoing, outgoing, userIdIn } from './outgoing.js'
import { RabbitNative } from './queue-message.js'
import { Reconnecting } from './reconnecting.js'
import { type Address, type Fate, learntLimit, SenderChannel } from './sender-channel.js'

/** Without a confirm for so long the gate is told. Milliseconds. */
const SILENT_MS = 10_000

export type QueueSenderOptions = {
  /** Dials a new connection; called again after each loss. `purpose` stands in its name. */
  readonly connect: (purpose: string) => Promise<RabbitLink>
  /**
   * A queue, by the default exchange; or an exchange, to which each message goes with its own routing key (its key, where it is of another system).
   * Absent: each message is told its own address.
   */
  readonly to?: { readonly queue: string } | { readonly exchange: string }
  /** Address of the target without credentials. */
  readonly target: string
  readonly gate: Gate
  /** The user has the tag `impersonator`. */
  readonly impersonates?: boolean
}

/**
 * A way to publish to a queue or an exchange, on a connection of its own. Throws UserError where it cannot be reached, or the queue or exchange is
 * not there.
 */
export async function openQueueSender(options: QueueSenderOptions): Promise<QueueSender> {
  const sender = new QueueSender(options)
  try {
    await sender.look()
    return sender
  } catch (error) {
    await sender[Symbol.asyncDispose]()
    throw error
  }
}

/** Publishes single messages, mandatory, and hears what became of each. */
export class QueueSender implements Sender {
  readonly target: string
  readonly #options: QueueSenderOptions
  readonly #connection: Reconnecting
  readonly #closing = new AbortController()
  readonly #name: string
  #channel: SenderChannel | undefined
  #opening: Promise<SenderChannel> | undefined
  #largest = Number.POSITIVE_INFINITY
  readonly #refusedUsers = new Set<string>()

  constructor(options: QueueSenderOptions) {
    this.#options = options
    this.target = options.target
    this.#name = `to ${options.target}`
    this.#connection = new Reconnecting({
      connect: () => options.connect('send'),
      gate: options.gate,
      name: this.#name,
    })
  }

  /** Sees that the target is there. */
  async look(): Promise<void> {
    const link = await this.#connection.link(this.#closing.signal)
    const { to } = this.#options
    if (to === undefined) return
    if ('queue' in to) await passiveDeclare(link, to.queue)
    else if (!(await exchangeIsThere(link, to.exchange))) throw noExchange(to.exchange)
  }

  /** `address` stands in the place of the sender's own. */
  async send(message: Message, extra: Extra = [], address?: Address): Promise<void> {
    const { channel, out } = await this.#ready(message, extra)
    const fate = await this.#heard(channel, channel.publish(out, address ?? this.#addressOf(message)))
    if (fate === 'taken') return
    if (fate === 'lost') throw this.#lost(channel, out)
    throw fate === 'refused' ? this.#nacked(channel) : this.#returned(address)
  }

  /** A channel with room, and the message as it goes out there. Throws UncarriableError, BrokerError. */
  async #ready(message: Message, extra: Extra): Promise<{ channel: SenderChannel; out: Outgoing }> {
    const channel = await this.#open()
    const { link } = channel
    const { username } = link.settings
    const out = outgoing(message, extra, { username, impersonates: this.#options.impersonates ?? false })
    this.#assertCarriable(out, link)
    while (channel.failure === undefined && (link.blocked() !== undefined || channel.isCrowded)) {
      const alarm = link.blocked()
      if (alarm !== undefined) this.#options.gate.trouble(this.#name, alarmed(alarm))
      await channel.changed.wait(1000, this.#closing.signal)
      this.#closing.signal.throwIfAborted()
    }
    this.#options.gate.recovered(this.#name)
    return { channel, out }
  }

  #assertCarriable({ header, body }: Outgoing, link: RabbitLink): void {
    if (header.length > link.frameMax)
      throw new UncarriableError(`its header frame of ${header.length} bytes is over frame_max ${link.frameMax}`)
    if (body.length > this.#largest)
      throw new UncarriableError(
        `its body of ${body.length} bytes is over the max_message_size of ${this.#largest} bytes`,
      )
    const user = this.#refusedUsers.size === 0 ? undefined : userIdIn(header)
    if (user !== undefined && this.#refusedUsers.has(user))
      throw new UncarriableError(`the broker refuses its user-id ${user}`)
  }

  #addressOf({ native, key }: Message): Address {
    const { to } = this.#options
    if (to === undefined) throw new UncarriableError('it does not say where it came from')
    if ('queue' in to) return { exchange: '', routingKey: Buffer.from(to.queue) }
    const own = native instanceof RabbitNative ? routingKey(native.delivery) : (key ?? Buffer.alloc(0))
    if (own.length > 255) throw new UncarriableError(`its key of ${own.length} bytes is no routing key: those have 255`)
    return { exchange: to.exchange, routingKey: own }
  }

  /** A channel that works, made anew where it must be. Throws BrokerError where that did not help. */
  #open(): Promise<SenderChannel> {
    if (this.#channel !== undefined && this.#channel.failure === undefined) return Promise.resolve(this.#channel)
    this.#opening ??= this.#reopen().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #reopen(): Promise<SenderChannel> {
    this.#channel = await SenderChannel.open(await this.#connection.link(this.#closing.signal))
    return this.#channel
  }

  /** What became of a message; where nothing is heard for long, the gate is told. */
  async #heard({ link }: SenderChannel, fate: Promise<Fate>): Promise<Fate> {
    const { gate } = this.#options
    const tell = () => {
      const alarm = link.blocked()
      const why = alarm === undefined ? `no confirm from RabbitMQ for ${SILENT_MS / 1000} s` : alarmed(alarm)
      gate.trouble(this.#name, why)
    }
    const timer = setTimeout(tell, SILENT_MS)
    const heard = await fate
    clearTimeout(timer)
    if (heard === 'taken') gate.recovered(this.#name)
    return heard
  }

  #nacked(channel: SenderChannel): BrokerError {
    // A channel keeps to itself that a quorum queue was full: only a new one learns that it no longer is.
    if (this.#channel === channel) this.#channel = undefined
    void retire(channel)
    return new BrokerError(`RabbitMQ refuses messages of ${this.target} (basic.nack): is it full?`, {
      retry: true,
      code: 'nacked',
      hint: 'Look at its max-length and overflow; work it off, or raise the limit.',
    })
  }

  #returned(address: Address | undefined): BrokerError {
    const { to = { exchange: '' } } = this.#options
    const queue = address?.exchange === '' ? address.routingKey.toString() : 'queue' in to ? to.queue : undefined
    const exchange = address?.exchange ?? ('exchange' in to ? to.exchange : '')
    const what = queue === undefined ? `no queue takes it at exchange ${exchange}` : `queue ${queue} is gone`
    return new BrokerError(`RabbitMQ returned a message of ${this.target}: ${what}`, {
      retry: true,
      code: 'returned',
      hint: 'Make the queue or the binding again; it is tried again.',
    })
  }

  /** The channel ended before anything was heard. What it ended for is remembered, as the message may come again. */
  #lost({ failure, link }: SenderChannel, out: Outgoing): Error {
    const doing = `Publishing to ${this.target}`
    if (failure === undefined) return fromAmqp(new Error('the channel was closed'), { doing })
    const words = brokerWords(failure)
    const user = /user_id property set to '(.*?)' but/.exec(words)?.[1]
    const limit = learntLimit(failure)
    if (user === undefined && limit === undefined)
      return fromAmqp(failure, { doing, permission: 'write', username: link.settings.username })
    this.#largest = Math.min(this.#largest, limit ?? Number.POSITIVE_INFINITY)
    if (user !== undefined) this.#refusedUsers.add(user)
    try {
      this.#assertCarriable(out, link)
    } catch (error) {
      if (error instanceof UncarriableError) return error
      throw error
    }
    return new BrokerError(`${doing} failed: another message was refused (${words})`, { retry: true, cause: failure })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new BrokerError(`${this.target} is closed`, { retry: false }))
    await this.#channel?.close()
    await this.#connection.close()
  }
}

/** Closes a channel once the fate of all its messages is known. */
async function retire(channel: SenderChannel): Promise<void> {
  while (channel.pending > 0 && channel.failure === undefined) await channel.changed.wait(1000)
  await channel.close()
}

const alarmed = (alarm: string): string => `RabbitMQ takes no messages: ${alarm} alarm`

const noExchange = (exchange: string): UserError =>
  new UserError(`Exchange ${exchange} is not there`, {
    code: 'no-exchange',
    hint: 'Check the name and the virtual host: `rabbitmqctl list_exchanges -p VHOST name`.',
  })
