import { setTimeout as sleep } from 'node:timers/promises'
import { lookAt, passiveDeclare } from '../admin/passive-declare.js'
import type { RabbitLink } from '../link.js'
import type { QueueRelayRequest } from './request.js'

const LOOK_MS = 150
const STILL = 3
/** No messages is also what the server says of a quorum queue that does not answer it in time. */
const STILL_EMPTY = 10
/** Looks at a queue that never stands still, as where producers publish all the time. */
const MOST_LOOKS = 24

/**
 * How many messages an earlier execution of this run had acked beyond what it journalled. At least what the source says, which has so
 * many fewer than were captured, and at most what the lanes hold: exact while nothing arrives or expires and no lane is worked off.
 */
export async function ackedBefore(
  { plan }: QueueRelayRequest,
  link: RabbitLink,
  journalled: { readonly read: bigint; readonly written: bigint },
): Promise<number> {
  const ready = await readyWhenStill(link, plan.queue)
  const lanes = await Promise.all(plan.laneQueues.map(name => lookAt(link, name)))
  const held = lanes.reduce((sum, lane) => sum + (lane?.messages ?? 0), 0)
  const unread = held - Number(journalled.written)
  const missing = Number(plan.lanes[0]?.to ?? 0) - ready - Number(journalled.read)
  return Math.max(0, Math.min(missing, unread))
}

/** The ready count once it stands still, or after some seconds: what a dead connection held comes back within moments. */
export async function readyWhenStill(link: RabbitLink, queue: string): Promise<number> {
  let [ready, same] = [-1, 0]
  for (let looks = 0; looks < MOST_LOOKS && same < (ready === 0 ? STILL_EMPTY : STILL); looks++) {
    if (looks > 0) await sleep(LOOK_MS)
    const { messages } = await passiveDeclare(link, queue)
    same = messages === ready ? same + 1 : 1
    ready = messages
  }
  return ready
}
