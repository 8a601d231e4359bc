import type { Buffer } from 'node:buffer'
import { check } from '../errors.js'
import type { Link } from '../link.js'
import { fetchRecords } from '../wire/fetch.js'

/** A partition to look into, at its leader. */
export type Spot = { readonly topic: string; readonly partition: number; readonly leader: number }

const MAX_WAIT_MS = 100

/**
 * Fetches what stands at an offset, uncommitted records too: whole batches of `bytes` or so, at least one. The connection
 * is the survey's own, so that the readings of the window do not wait behind it. Throws BrokerError, UserError.
 */
export const fetchAt = async (
  link: Link,
  spot: Spot,
  { offset, bytes }: { offset: bigint; bytes: number },
): Promise<Buffer> => {
  const { topic, partition, leader } = spot
  const answer = await fetchRecords(await link.wire(leader, 'survey'), {
    topic,
    partitions: [{ partition, offset: Number(offset) }],
    maxBytes: bytes,
    partitionBytes: bytes,
    isolation: 0,
    maxWaitMs: MAX_WAIT_MS,
    minBytes: 1,
  })
  const fetched = answer.find(each => each.partition === partition)
  check(fetched?.error ?? 0, { doing: `Reading partition ${partition} of ${topic}`, topic, operation: 'Read' })
  return fetched?.records ?? EMPTY
}

const EMPTY = globalThis.Buffer.alloc(0)
