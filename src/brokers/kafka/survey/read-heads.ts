import { SpillwayError } from '../../../errors.js'
import type { Link } from '../link.js'
import { type Head, readHead } from './head.js'
import type { Reading } from './reading.js'

/** What to read the heads of: `leaders` by partition; gives up after `withinMs`. */
export type HeadsRequest = {
  readonly topic: string
  readonly leaders: ReadonlyMap<number, number>
  readonly withinMs: number
  readonly signal: AbortSignal
}

/** The heads of all partitions, the brokers side by side; what can't be read is left out and noted. */
export const readHeads = async (
  link: Link,
  reading: Reading,
  { request, notes }: { readonly request: HeadsRequest; readonly notes: string[] },
): Promise<Map<number, Head>> => {
  const heads = new Map<number, Head>()
  const deadline = performance.now() + request.withinMs
  const readLed = async (leader: number) => {
    for (const [partition, lane] of reading.lanes) {
      if (request.leaders.get(partition) !== leader) continue
      if (request.signal.aborted || performance.now() > deadline) return
      const head = await attempt(readHead(link, { topic: request.topic, partition, leader }, lane), notes)
      if (head !== undefined) heads.set(partition, head)
    }
  }
  await Promise.all([...new Set(request.leaders.values())].map(readLed))
  const left = reading.lanes.size - heads.size
  if (left > 0) notes.push(`Unknown: the oldest unread record of ${left} partition${left === 1 ? '' : 's'}`)
  return heads
}

const attempt = async (head: Promise<Head>, notes: string[]): Promise<Head | undefined> => {
  try {
    return await head
  } catch (error) {
    if (!(error instanceof SpillwayError)) throw error
    if (!notes.includes(error.message)) notes.push(error.message)
    return undefined
  }
}
