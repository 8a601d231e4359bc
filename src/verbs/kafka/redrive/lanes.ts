import { listOffsets } from '../../../brokers/kafka/admin/list-offsets.js'
import { committedOffsets } from '../../../brokers/kafka/admin/offsets.js'
import type { Link } from '../../../brokers/kafka/link.js'
import type { FanoutLane } from '../../../core/fanout-plan.js'
import { formatCount } from '../../../core/quantity.js'

type Asked = { readonly topic: string; readonly group: string | undefined; readonly partitions: number }

/** What there is to send: from where the group stands, or from the beginning, to the last stable offset of now. Throws UserError, BrokerError. */
export async function lanesOf(link: Link, { topic, group, partitions }: Asked) {
  const all = Array.from({ length: partitions }, (_, partition) => partition)
  const [starts, ends, commits] = await Promise.all([
    listOffsets(link, topic, all, 'earliest'),
    listOffsets(link, topic, all, 'stable'),
    group === undefined ? undefined : committedOffsets(link, group, { topic, partitions: all, stable: true }),
  ])
  const warnings: string[] = []
  const lanes = all.map((partition): FanoutLane => {
    const start = starts.get(partition)?.offset ?? 0
    const end = Math.max(start, ends.get(partition)?.offset ?? start)
    const committed = commits?.get(topic)?.get(partition)?.offset ?? -1
    if (committed >= 0 && committed < start)
      warnings.push(
        `Partition ${partition}: ${formatCount(start - committed)} messages behind the position of ${group} are gone (retention)`,
      )
    const from = Math.min(end, Math.max(start, committed))
    return { lane: String(partition), from: String(from), to: String(end), messages: BigInt(end - from) }
  })
  return { lanes: lanes.filter(({ from, to }) => from !== to), warnings }
}
