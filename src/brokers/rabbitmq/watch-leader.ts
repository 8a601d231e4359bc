import { setTimeout as sleep } from 'node:timers/promises'
import { CLEARED, type HoldGate } from '../../core/gate.js'
import type { QueueType } from '../../core/queue-plan.js'
import type { QueueCounts } from './admin/passive-declare.js'
import { leaderless, silentQueue } from './leader.js'
import type { Management } from './management.js'

const EVERY_MS = 750
/** So many looks in a row at a queue that does not count the run's own consumer, where the management API tells nothing. */
const SILENT = 3

export type WatchingLeader = {
  /** A look at the queue. */
  readonly look: (queue: string) => Promise<QueueCounts | undefined>
  /** This run has a consumer of the queue now. */
  readonly consuming: () => boolean
  readonly management: Management
  readonly vhost: string
  readonly queue: string
  /** Of a classic queue nothing is watched: it has no leader to lose. */
  readonly queueType: QueueType | undefined
  readonly gate: Pick<HoldGate, 'hold' | 'release'>
  /** Milliseconds; 750 unless told. */
  readonly everyMs?: number
}

/**
 * Holds while a quorum queue has no leader, until `soft` aborts. The server tells such a queue as one of no messages and no consumers
 * (rabbit_quorum_queue:stat), and delivers nothing; a connection that is lost is the lane's business.
 */
export async function watchLeader(watching: WatchingLeader, soft: AbortSignal): Promise<void> {
  const { queue, queueType, gate, everyMs = EVERY_MS } = watching
  if (queueType === 'classic') return
  let [silent, held] = [0, undefined as string | undefined]
  while (!soft.aborted) {
    await sleep(everyMs, undefined, { signal: soft }).catch(() => undefined)
    if (soft.aborted) return
    const seen = await watching.look(queue).catch(() => undefined)
    const isNone = seen !== undefined && seen.messages + seen.consumers === 0
    silent = isNone && watching.consuming() ? silent + 1 : 0
    const why = isNone ? await whyOf(watching, silent) : undefined
    if (held !== undefined && why === undefined) gate.release(held, CLEARED)
    if (held === undefined && why !== undefined) gate.hold(why, 'clears')
    held = why === undefined ? undefined : (held ?? why)
  }
}

const whyOf = async ({ management, vhost, queue }: WatchingLeader, silent: number): Promise<string | undefined> =>
  (await leaderless(management, vhost, queue)) ?? (silent >= SILENT ? silentQueue(queue) : undefined)
