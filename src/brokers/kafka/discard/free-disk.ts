import { setTimeout as sleep } from 'node:timers/promises'
import { formatBytes } from '../../../core/quantity.js'
import { SpillwayError } from '../../../errors.js'
import { deleteRecords } from '../admin/deletions.js'
import { logDirs } from '../admin/log-dirs.js'
import type { Link } from '../link.js'

/** Brokers look for segments to delete every five minutes by default: this only tells what goes at once. Milliseconds. */
const MEASURE_FOR_MS = 4_000
const POLL_MS = 500

/**
 * Deletes the records before the offset of each partition, for every group and for good, and measures what that freed; where bytes are `expected` to go, for
 * some seconds. Resolves with it in words. Deleting again what is gone changes nothing. Throws UserError `permission`, BrokerError `POLICY_VIOLATION`.
 */
export async function freeDisk(
  link: Link,
  topic: string,
  { before, expected }: { readonly before: ReadonlyMap<number, number>; readonly expected: bigint },
): Promise<string> {
  const was = await bytesByBroker(link, topic)
  const starts = await deleteRecords(link, topic, before)
  const moved = [...before].filter(([partition, offset]) => (starts.get(partition) ?? -1) >= offset).length
  const head = `DeleteRecords of ${topic}: ${moved} of ${before.size} partitions begin at the cut now`
  if (was === undefined) return `${head}; the sizes of its logs could not be read`
  return `${head}; ${await freedInWords(link, topic, { was, waits: expected > 0n })}`
}

async function freedInWords(link: Link, topic: string, { was, waits }: Before): Promise<string> {
  const until = Date.now() + (waits ? MEASURE_FOR_MS : 0)
  let now = await bytesByBroker(link, topic)
  while (Date.now() < until && now !== undefined && total(now) >= total(was)) {
    await sleep(POLL_MS)
    now = await bytesByBroker(link, topic)
  }
  if (now === undefined) return 'the sizes of its logs could not be read afterwards'
  const after = now
  const each = [...was].map(([node, bytes]) => {
    const left = after.get(node) ?? bytes
    return `broker ${node}: ${formatBytes(bytes)} before, ${formatBytes(left)} now, ${formatBytes(bytes - left)} freed`
  })
  return `measured: ${each.join('; ')}. The brokers delete whole segments at their next look`
}

type Before = { readonly was: ReadonlyMap<number, bigint>; readonly waits: boolean }

const total = (sizes: ReadonlyMap<number, bigint>): bigint =>
  [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0n)

/** Undefined where the user may not see it: what is freed does not hang on it. */
async function bytesByBroker(link: Link, topic: string): Promise<ReadonlyMap<number, bigint> | undefined> {
  try {
    const dirs = await logDirs(link, topic)
    return new Map(
      dirs.map(({ node, topicBytes }) => [node, [...topicBytes.values()].reduce((sum, each) => sum + each, 0n)]),
    )
  } catch (error) {
    if (!(error instanceof SpillwayError)) throw error
    return undefined
  }
}
