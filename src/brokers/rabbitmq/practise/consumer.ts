import type { Channel, ConsumeMessage } from 'amqplib'
import { BrokerError } from '../../../errors.js'
import { closeChannel } from '../close-channel.js'
import { fromAmqp } from '../errors.js'
import { connect, type RabbitLink } from '../link.js'
import type { RabbitSettings } from '../settings.js'

/** Bodies that are handled in one go. */
const BATCH = 500

/** A consumer for rehearsals that stays until it is stopped. */
export type ConsumerWork = {
  readonly settings: RabbitSettings
  readonly queue: string
  /** Gets some messages, in order; they are acked once this has resolved. */
  readonly handle: (bodies: readonly Buffer[]) => Promise<void>
}

/** Consumes a queue as any client does. It takes all that is ready at once: what is in its hands does not expire, what waits in a queue may. */
export class Consumer implements AsyncDisposable {
  readonly #work: ConsumerWork
  readonly #link: RabbitLink
  readonly #channel: Channel
  readonly #waiting: ConsumeMessage[] = []
  #tag = ''
  #working: Promise<void> | undefined
  #failure: unknown

  /** Resolves once the queue delivers to it. Throws UserError `no-queue`, BrokerError, the signal's reason. */
  static async start(work: ConsumerWork, signal: AbortSignal): Promise<Consumer> {
    const link = await connect(work.settings, 'stand-in', signal)
    try {
      const consumer = new Consumer(work, link, await link.channel())
      await consumer.#begin()
      return consumer
    } catch (failure) {
      await link.close()
      throw failure
    }
  }

  private constructor(work: ConsumerWork, link: RabbitLink, channel: Channel) {
    this.#work = work
    this.#link = link
    this.#channel = channel
    channel.on('error', (failure: Error) => this.#fail(failure))
    link.onLost(reason => this.#fail(reason))
  }

  /** Throws what has ended its work. */
  assertWell(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Takes no more, handles what is in hand, and leaves; throws what has ended its work. */
  async stop(): Promise<void> {
    this.assertWell()
    await this.#channel.cancel(this.#tag)
    await this.#working
    await closeChannel(this.#channel)
    this.assertWell()
    await this.#link.close()
  }

  /** Leaves as it is: what is in hand goes back to the queue. Does not throw. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link.close()
    await this.#working
  }

  async #begin(): Promise<void> {
    const { queue } = this.#work
    try {
      const { consumerTag } = await this.#channel.consume(queue, message => this.#take(message))
      this.#tag = consumerTag
    } catch (failure) {
      throw fromAmqp(failure, { doing: `Consuming ${queue}`, queue, permission: 'read' })
    }
  }

  #take(message: ConsumeMessage | null): void {
    if (message === null) {
      this.#fail(new BrokerError(`The broker cancelled the consumer of ${this.#work.queue}`, { retry: false }))
      return
    }
    this.#waiting.push(message)
    this.#working ??= this.#workOff().then(
      () => {
        this.#working = undefined
      },
      (failure: unknown) => this.#fail(failure),
    )
  }

  async #workOff(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH)
      await this.#work.handle(batch.map(({ content }) => content))
      const last = batch.at(-1)
      if (last !== undefined && this.#failure === undefined) this.#channel.ack(last, true)
    }
  }

  #fail(failure: unknown): void {
    this.#failure ??= failure
  }
}
