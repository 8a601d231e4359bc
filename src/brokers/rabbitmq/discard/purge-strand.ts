import { NO_COUNTS } from '../../../core/counts.js'
import type { Batch, Opened, Settled, Sink, Source } from '../../../core/ports.js'
import { onChannel, passiveDeclare } from '../admin/passive-declare.js'
import { OwnConsumers } from '../relay/own-consumers.js'
import { readyWhenStill } from '../relay/recover.js'
import { ConsumingEnd } from './consuming-end.js'
import type { QueueDiscardRequest } from './request.js'
import type { Frames } from './taken.js'

/** A queue that is purged: everything that is ready at that moment goes, and nothing is kept. queue.purge, AMQP 0-9-1, 1.7.2.7. */
export class PurgeStrand implements Source<Frames>, Sink<Frames> {
  readonly lane: string
  readonly end: ConsumingEnd
  readonly #request: QueueDiscardRequest
  #settled: bigint
  #finished = false

  constructor(request: QueueDiscardRequest) {
    this.lane = request.plan.topic
    this.#request = request
    this.#settled = request.journalled.read
    const consumers = new OwnConsumers(false)
    this.end = new ConsumingEnd({ request, seen: () => undefined, consumers })
  }

  get finished(): boolean {
    return this.#finished
  }

  /** It has none. */
  mostConsumers(): number {
    return 0
  }

  async open(): Promise<Opened> {
    const { readyAtStart, noteReady, plan } = this.#request
    const link = await this.end.open()
    const from = String(this.#settled)
    const to = plan.lanes[0]?.to ?? '0'
    if (readyAtStart === undefined) {
      await noteReady((await passiveDeclare(link, this.lane)).messages)
      return { from, to }
    }
    // An earlier execution may have purged it, and not lived to journal that.
    const gone = BigInt(readyAtStart) - BigInt(await readyWhenStill(link, this.lane)) - this.#settled
    return gone > 0n ? { from, to, recovered: this.#gone(gone) } : { from, to }
  }

  #gone(messages: bigint): Settled {
    this.#settled += messages
    return { mark: String(this.#settled), counts: { ...NO_COUNTS, read: messages, dropped: messages } }
  }

  async *batches(soft: AbortSignal): AsyncGenerator<Batch<Frames>> {
    if (soft.aborted || this.#finished) return
    yield { async *cargo() {}, settle: () => this.#purge(), abandon: async () => undefined }
  }

  async #purge(): Promise<Settled> {
    const doing = { doing: `Purging ${this.lane}`, queue: this.lane, permission: 'read' } as const
    const { messageCount } = await onChannel(this.end.link, doing, channel => channel.purgeQueue(this.lane))
    this.#finished = true
    return this.#gone(BigInt(messageCount))
  }

  async write(): Promise<void> {}

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    await this.end.close()
  }
}
