import { type FillChannel, openFillChannel } from '../../../brokers/rabbitmq/fill/fill-channel.js'
import { connect, type RabbitLink } from '../../../brokers/rabbitmq/link.js'
import type { Io } from '../../../io.js'
import { checkQueueRecipe } from './check.js'
import { type Framing, frameBytes, putMessage } from './frames.js'
import { MessageMaker, type Rendered } from './message.js'
import { exchangeOf, readyQueue } from './queue.js'
import { type QueueFillReport, type QueueFillRequest, type QueueRecipe, withQueueDefaults } from './request.js'

/** Unconfirmed messages at most, and their bytes. */
const WINDOW = 4000
const WINDOW_BYTES = 32 * 1024 * 1024
const CHUNK = 256 * 1024
/** Bytes that are worth a write. */
const WRITE = 32 * 1024
const SHOW_EVERY = 512

/** How far a fill is. `blocked` is the broker's reason for taking nothing now. */
export type QueueProgress = { readonly messages: number; readonly of: number; readonly blocked?: string }

/**
 * Makes a realistic backlog in a real queue: persistent messages, each confirmed, frames of our own so that headers of every AMQP type come as
 * they should. `show` sees the progress now and then. Stops at `io.soft` with its reason. Throws UserError (usage, `no-queue`,
 * `queue-differs`, unreachable…), BrokerError.
 */
export async function fillQueue(
  request: QueueFillRequest,
  io: Pick<Io, 'now' | 'soft'>,
  show: (progress: QueueProgress) => void = () => {},
): Promise<QueueFillReport> {
  const recipe = withQueueDefaults(request)
  checkQueueRecipe(recipe)
  await using link = await connect(recipe.settings, 'lab fill')
  await readyQueue(link, recipe)
  const maker = new MessageMaker(recipe, io.now().getTime())
  const began = performance.now()
  const bytes = await publish({ link, recipe, maker, signal: io.soft, show })
  const seconds = (performance.now() - began) / 1000
  const { messages, queue, seed, settings } = recipe
  const messagesPerSecond = Math.round(messages / seconds)
  return { vhost: settings.vhost, queue, messages, bytes, seconds, messagesPerSecond, seed }
}

type Parts = {
  readonly link: RabbitLink
  readonly recipe: QueueRecipe
  readonly maker: MessageMaker
  readonly signal: AbortSignal
  readonly show: (progress: QueueProgress) => void
}

async function publish({ link, recipe, maker, signal, show }: Parts): Promise<number> {
  const of = recipe.messages
  const channel = await openFillChannel(link, signal)
  const framing = {
    channel: channel.channel,
    frameMax: channel.frameMax,
    exchange: Buffer.from(exchangeOf(recipe.queue)),
  }
  const writer = new Writer(channel, framing)
  const tell = () => {
    const blocked = link.blocked()
    show({ messages: channel.confirmed, of, ...(blocked === undefined ? {} : { blocked }) })
  }
  link.onBlocked(tell)
  for (let number = 0; number < of; number++) {
    writer.add(maker.next(number))
    if (writer.crowded) await writer.room()
    if (number % SHOW_EVERY === 0) tell()
  }
  await writer.finish(tell)
  return writer.bytes
}

/** Frames messages into chunks, and keeps the unconfirmed ones within bounds. */
class Writer {
  /** Bytes of all bodies so far. */
  bytes = 0
  readonly #channel: FillChannel
  readonly #framing: Framing
  #chunk = Buffer.allocUnsafeSlow(CHUNK)
  #start = 0
  #end = 0
  #sent = 0
  #full = false
  #largest = 1

  constructor(channel: FillChannel, framing: Framing) {
    this.#channel = channel
    this.#framing = framing
  }

  /** Whether the caller should wait for room. */
  get crowded(): boolean {
    return this.#full || this.#unconfirmed >= Math.min(WINDOW, Math.max(1, WINDOW_BYTES / this.#largest))
  }

  get #unconfirmed(): number {
    return this.#sent - this.#channel.confirmed
  }

  add(message: Rendered): void {
    const need = frameBytes(this.#framing, message)
    if (need > this.#chunk.length - this.#end) this.#renew(need)
    this.#end = putMessage(this.#chunk, this.#end, this.#framing, message)
    this.#sent++
    this.bytes += message.body.length
    this.#largest = Math.max(this.#largest, message.body.length)
    if (this.#end - this.#start >= WRITE) this.#flush()
  }

  async room(): Promise<void> {
    this.#flush()
    while (this.crowded) {
      await this.#channel.change()
      this.#full = false
    }
  }

  /** Resolves when everything is confirmed. */
  async finish(tell: () => void): Promise<void> {
    this.#flush()
    while (this.#unconfirmed > 0) {
      await this.#channel.change()
      tell()
    }
  }

  #renew(need: number): void {
    this.#flush()
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK, need))
    this.#start = 0
    this.#end = 0
  }

  #flush(): void {
    if (this.#end === this.#start) return
    this.#full = this.#channel.send(this.#chunk.subarray(this.#start, this.#end))
    this.#start = this.#end
  }
}
