import { RunError } from '../../../errors.js'
import { declareLanes } from '../admin/declare-lanes.js'
import { lookAt, type QueueCounts } from '../admin/passive-declare.js'
import { HEARTBEAT_S, type RabbitLink } from '../link.js'
import type { QueueRelayRequest } from './request.js'
import { QueueStrand } from './strand.js'

/** The lanes of a plan, ready to be pumped: one, since a queue is one ordered lane. */
export type QueueRelay = {
  readonly lanes: readonly QueueStrand[]
  readonly atOnce: number
  /**
   * Consumers of the source that are this run's own, at most, at any moment since this was asked before: for a moment the broker also counts
   * one that was cancelled.
   */
  mostConsumers(): number
  /** This run has a consumer of the source now, or makes one. */
  consuming(): boolean
  /** The counts of a queue, over a connection that is made anew when it is lost; undefined for one that is not there. Throws BrokerError. */
  look(queue: string): Promise<QueueCounts | undefined>
  /** Messages of this execution that came with the redelivered flag. */
  redelivered(): number
  /**
   * Gives back what is in hand, sees the last acks taken and closes both connections; the lock goes with them. What was not confirmed is
   * told as a doubt, unless the caller will tell the whole window (`isTold`).
   */
  close(isTold?: boolean): Promise<void>
}

/**
 * Connects both ends, takes the lock and makes the lanes. Throws Refusal `claimed` where another runner holds the lock (a resume waits two
 * heartbeats for its own dead connection), RunError `lane-gone` where a lane is gone that holds copies, UserError as `connect`.
 */
export async function openQueueRelay(request: QueueRelayRequest): Promise<QueueRelay> {
  const strand = new QueueStrand(request)
  try {
    const { publish } = await strand.ends.connect(request.resumed ? 2000 * HEARTBEAT_S : 0)
    if (request.journalled.written > 0n) await assertLanes(publish, request)
    if (request.putBack === undefined) await declareLanes(publish, request.plan)
  } catch (error) {
    await strand.ends.close()
    throw error
  }
  return {
    lanes: [strand],
    atOnce: 1,
    mostConsumers: () => strand.mostConsumers(),
    consuming: () => strand.ends.consuming,
    // An alarm blocks a connection that publishes, and a look on it would wait for the end of that.
    look: async queue => lookAt(strand.ends.intake.link, queue),
    redelivered: () => strand.redelivered,
    close: isTold => strand.close(isTold ? 'standDown' : 'leave'),
  }
}

async function assertLanes(link: RabbitLink, { plan, journalled }: QueueRelayRequest): Promise<void> {
  const looks = await Promise.all(plan.laneQueues.map(async name => ({ name, seen: await lookAt(link, name) })))
  const gone = looks.filter(({ seen }) => seen === undefined).map(({ name }) => name)
  if (gone.length === 0) return
  throw new RunError(`Temporary queues are gone, out of ${journalled.written} copied messages: ${gone.join(', ')}`, {
    code: 'lane-gone',
    hint: 'Find out who deleted them, and whether they were empty. The source has only what was not copied yet.',
  })
}
