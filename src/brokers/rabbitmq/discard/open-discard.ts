import type { Sink, Source } from '../../../core/ports.js'
import { lookAt, type QueueCounts } from '../admin/passive-declare.js'
import { HEARTBEAT_S } from '../link.js'
import { PurgeStrand } from './purge-strand.js'
import type { QueueDiscardRequest } from './request.js'
import { DiscardStrand } from './strand.js'
import type { Frames } from './taken.js'

/** The one lane of a queue that is let go, ready to be pumped. */
export type QueueDiscard = {
  readonly lanes: readonly (Source<Frames> & Sink<Frames>)[]
  readonly atOnce: number
  /**
   * Consumers of the queue that are this run's own, at most, at any moment since this was asked before: for a moment the broker also counts
   * one that was cancelled.
   */
  mostConsumers(): number
  /** This run has a consumer of the queue now, or makes one. */
  consuming(): boolean
  /** The counts of a queue, over a connection that is made anew when it is lost; undefined for one that is not there. Throws BrokerError. */
  look(queue: string): Promise<QueueCounts | undefined>
  /** Acks what is kept, gives back the rest, sees the last acks taken and closes the connection; the lock goes with it. */
  close(): Promise<void>
}

/**
 * Connects and takes the lock. Throws Refusal `claimed` where another runner holds it (a resume waits two heartbeats for its own dead connection),
 * UserError as `connect`.
 */
export async function openQueueDiscard(request: QueueDiscardRequest): Promise<QueueDiscard> {
  const strand = request.plan.how === 'purge' ? new PurgeStrand(request) : new DiscardStrand(request)
  try {
    await strand.end.connect(request.resumed ? 2000 * HEARTBEAT_S : 0)
  } catch (error) {
    await strand.end.close()
    throw error
  }
  return {
    lanes: [strand],
    atOnce: 1,
    mostConsumers: () => strand.mostConsumers(),
    consuming: () => strand.end.consuming,
    look: async queue => lookAt(strand.end.link, queue),
    close: () => strand.close(),
  }
}
