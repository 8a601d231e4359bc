import { defined } from '../../../core/defined.js'
import type { NodeRoom } from '../../../core/queue-plan.js'
import type { QueueNode } from '../../../core/queue-survey.js'

// Properties, headers and the index entry of a message, beside its body.
const OVERHEAD_BYTES = 512n
const MOST_RESERVE = 10n * 1024n ** 3n

/**
 * Disk that the copy may take on each node. The server frees the source's segments late, so all of it counts; the
 * placement is the server's choice, so each node is given all. 5 % of what is free (10 GiB at most) stays above the alarm.
 */
export const roomOn = (nodes: readonly QueueNode[], work: { messages: bigint; bytes: bigint }): readonly NodeRoom[] =>
  nodes
    .filter(({ running }) => running)
    .map(({ node, memoryUsed, memoryLimit, diskFree, diskLimit }) => ({
      node,
      diskNeed: work.bytes + work.messages * OVERHEAD_BYTES,
      ...defined({ memoryUsed, memoryLimit, diskFree, diskLimit, diskBound: bound(diskFree, diskLimit) }),
    }))

const bound = (free: bigint | undefined, limit = 0n): bigint | undefined => {
  if (free === undefined) return undefined
  const part = free / 20n
  const usable = free - limit - (part < MOST_RESERVE ? part : MOST_RESERVE)
  return usable > 0n ? usable : 0n
}
