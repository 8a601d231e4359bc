import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from '../../../core/message.js'
import { Bug, UserError } from '../../../errors.js'
import { type Chunk, type Done, LaneGone, type OpenedLane, type WorkLane } from '../../../fanout/ports.js'
import { lookAt } from '../admin/passive-declare.js'
import { brokerWords } from '../errors.js'
import type { Delivery } from '../wire/delivery.js'
import { assertFarFromLimit } from './delivery-limit.js'
import { LaneChannel } from './lane-channel.js'
import { LaneEnd } from './lane-end.js'
import type { LaneParts } from './lane-parts.js'
import { queueDeleted } from './queue-deleted.js'
import { QueueMessage, RabbitNative } from './queue-message.js'

/** Without deliveries the queue is looked at this often, and so is one whose acks wait. Milliseconds. */
const LOOK_MS = 150
const NOT_DATA = { holes: 0n, markers: 0n, aborted: 0n } as const
/** A quorum queue counts the consumer of a channel that ended until it has taken its messages back. Milliseconds. */
const RETURNED_MS = 10_000
const RETURNED_LOOK_MS = 50
/** So long where others consume it as well, so that it may never be seen. Milliseconds. */
const SOON_MS = 2000

/**
 * One life of one queue in this process: from the first consumer to the end of its channel. A mark is how many messages the channel had
 * delivered, which is the delivery tag of the last.
 */
export class QueueLane implements WorkLane {
  readonly lane: string
  readonly settling = 'each'
  readonly #parts: LaneParts
  #channel: LaneChannel | undefined
  #end: LaneEnd | undefined
  #given = 0
  #settled = 0
  #isLeaving = false
  #finished = false
  #closing: Promise<void> | undefined

  constructor(parts: LaneParts) {
    this.#parts = parts
    this.lane = parts.reading.lane
  }

  get finished(): boolean {
    return this.#finished
  }

  async open(): Promise<OpenedLane> {
    const { limit } = this.#parts
    try {
      const channel = await LaneChannel.open(this.#parts)
      this.#channel = channel
      this.#end = new LaneEnd(this.#parts, channel)
      const { messages } = await channel.sync()
      if (!this.#isFull) await this.#consume(channel)
      return { from: '0', to: String(Math.min(messages, limit ?? messages)) }
    } catch (error) {
      throw await this.#explain(error)
    }
  }

  async *chunks(soft: AbortSignal): AsyncGenerator<Chunk> {
    try {
      while (!this.#isLeaving && !soft.aborted && !this.#finished) {
        const chunk = await this.#next(soft)
        if (chunk !== undefined) yield chunk
      }
    } catch (error) {
      throw await this.#explain(error)
    }
  }

  /** The next messages; undefined where none came for a while. Sets `finished`. */
  async #next(soft: AbortSignal): Promise<Chunk | undefined> {
    const channel = this.#alive()
    const deliveries = channel.next()
    if (deliveries.length > 0) return await this.#chunk(channel, deliveries)
    if (channel.stage === undefined && !this.#isFull) await this.#consume(channel)
    if (channel.waiting === 0 && !this.#isFull) await channel.changed.wait(LOOK_MS, soft)
    if (channel.waiting > 0 || soft.aborted || this.#isLeaving) return undefined
    this.#alive()
    this.#finished = this.#isFull || (await this.#ends().isReached(soft))
    return undefined
  }

  /** All that was to be read has been handed over. */
  get #isFull(): boolean {
    return this.#given >= (this.#parts.limit ?? Number.POSITIVE_INFINITY)
  }

  async #chunk(channel: LaneChannel, deliveries: readonly Delivery[]): Promise<Chunk | undefined> {
    const { reading, depth, doubtful, limit = Number.POSITIVE_INFINITY } = this.#parts
    const mine = deliveries.slice(0, limit - this.#given)
    this.#given += mine.length
    let [bytes, redelivered] = [0, 0]
    for (const delivery of mine) {
      assertFarFromLimit(delivery, this.#parts)
      depth.arrived(delivery.size)
      bytes += delivery.end - delivery.header
      if (delivery.redelivered) redelivered++
    }
    const last = mine.at(-1)
    if (last === undefined) return undefined
    this.#adapt(channel)
    const messages = mine.map(delivery => new QueueMessage(delivery, reading))
    if (redelivered > 0) redelivered = await doubtful(redelivered)
    return { messages, next: String(last.tag), notData: NOT_DATA, bytes, redelivered }
  }

  /** Takes more or less at a time, by what is known now; where the consumer is to be kept, only too much is a reason, and a new life the way. */
  #adapt(channel: LaneChannel): void {
    const { depth, fixed } = this.#parts
    const { prefetch } = channel.stage ?? {}
    if (prefetch === undefined) return
    if (!fixed && depth.outgrown(prefetch)) channel.wind()
    if (fixed && depth.isTooDeep(prefetch)) this.leave()
  }

  async #consume(channel: LaneChannel): Promise<void> {
    const { depth, exclusive, fixed, limit = Number.POSITIVE_INFINITY } = this.#parts
    const wanted = limit - this.#given
    const prefetch = Math.min(fixed ? depth.fixed : depth.wanted, wanted)
    const until = fixed ? Number.POSITIVE_INFINITY : depth.isBlind ? prefetch : wanted
    await channel.consume({ prefetch, until, exclusive })
  }

  after(message: Message): string {
    return message.mark
  }

  async settle({ messages }: Done): Promise<void> {
    try {
      this.#alive()
      await this.#parts.beforeAcks?.(messages.length)
      const channel = this.#alive()
      channel.done(messages.map(tagOf))
      this.#parts.depth.handled(messages.length)
      await this.#sendHeld(channel)
      await channel.sync()
      this.#settled += messages.length
    } catch (error) {
      throw await this.#explain(error)
    }
  }

  /** Acks wait while a consumer ends; where nothing is left to come, it ends at once. */
  async #sendHeld(channel: LaneChannel): Promise<void> {
    while (channel.held > 0) {
      await channel.changed.wait(LOOK_MS)
      this.#alive()
      if (channel.held === 0) return
      const { messages, consumers } = await channel.sync()
      if (messages === 0 && consumers > 0) await channel.cancel()
    }
  }

  /** The lowest delivery tag that is not acked; Infinity where there is none. */
  get lowest(): number {
    return this.#channel?.lowest ?? Number.POSITIVE_INFINITY
  }

  /** Asks for the lane back: `chunks` ends. */
  leave(): void {
    this.#isLeaving = true
    this.#channel?.changed.wake()
  }

  /** Ends the channel with all that is in hand: nothing can be settled any more. */
  async forsake(): Promise<void> {
    await this.#channel?.close()
  }

  close(clean: boolean): Promise<void> {
    this.#closing ??= this.#close(clean)
    return this.#closing
  }

  async #close(clean: boolean): Promise<void> {
    const channel = this.#channel
    const isWell = channel !== undefined && channel.failure === undefined
    const back = channel === undefined ? 0 : isWell ? await this.#giveBack(channel) : undefined
    const finished = clean && isWell && this.#finished
    await this.#parts.ended({
      finished,
      settled: this.#settled,
      givenBack: clean || channel === undefined ? back : undefined,
    })
  }

  /**
   * Gives how many messages went back; undefined where not all acks before are known to have been taken. The consumer is not cancelled first: a quorum queue before 4.0 would put what was on its way behind all others, and a classic one would not
   * count us any more, so that others take it for empty while we hold messages.
   */
  async #giveBack(channel: LaneChannel): Promise<number | undefined> {
    const { link, queue, isAlone, isWhole, dropsAcks } = this.#parts
    // What goes wrong from here on ends the channel as well.
    const before = await channel.sync().catch(() => undefined)
    const { open, failure } = channel
    await channel.close()
    const expected = failure === undefined && before !== undefined ? before.messages + open : undefined
    const isCounted = dropsAcks && expected !== undefined && (await isWhole())
    const wait = isAlone ? RETURNED_MS : isCounted ? SOON_MS : 0
    for (const until = Date.now() + wait; ; await sleep(RETURNED_LOOK_MS)) {
      const seen = await lookAt(link, queue).catch(() => undefined)
      if (seen === undefined || expected === undefined) return undefined
      const isBack = seen.consumers === 0 && (!isCounted || seen.messages >= expected)
      if (!isBack && Date.now() < until) continue
      return !dropsAcks || (isBack && isCounted && seen.messages === expected) ? open : undefined
    }
  }

  #alive(): LaneChannel {
    if (this.#channel === undefined) throw new Bug(`Lane ${this.lane} is not open`)
    if (this.#channel.failure !== undefined) throw this.#channel.failure
    return this.#channel
  }

  #ends(): LaneEnd {
    if (this.#end === undefined) throw new Bug(`Lane ${this.lane} is not open`)
    return this.#end
  }

  /** What a failure of the channel means: a queue that is gone ends the run, anything that may pass ends this life of the lane. */
  async #explain(error: unknown): Promise<unknown> {
    const failure = this.#channel?.failure
    const { link, queue } = this.#parts
    if (failure === undefined && !(error instanceof UserError)) return error
    if (!link.lost.aborted && (await lookAt(link, queue).catch(() => true)) === undefined) return queueDeleted(queue)
    if (error instanceof UserError && error.code === 'permission' && !isExclusive(error)) return error
    return new LaneGone(`Lane ${this.lane}: ${brokerWords(failure ?? error)}`, { cause: error })
  }
}

const tagOf = ({ native }: Message): number => {
  if (native instanceof RabbitNative) return native.delivery.tag
  throw new Bug('A message of another system cannot be settled at RabbitMQ')
}

// 403 ACCESS_REFUSED, "queue 'x' in vhost '/' in exclusive use": another's consumer, or ours where there is one already.
const isExclusive = ({ cause }: UserError): boolean => /exclusive/.test(brokerWords(cause))
