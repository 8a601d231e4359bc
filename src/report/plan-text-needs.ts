import type { KafkaPlan } from '../core/plan.js'
import { formatBytes, formatCount } from '../core/quantity.js'
import { item, wrap } from './layout.js'

const SHOWN = 6

/** How to stop the consumers: commands stay whole, whatever their length, to be pasted. */
export const stopping = ({ stopCommands, consumersStopped }: KafkaPlan): string[] => [
  'TO STOP THE CONSUMERS (whichever applies, with your own names)',
  ...stopCommands.map(command => `  ${command}`),
  ...item(
    '  ',
    'One that was killed stays a member until its session timeout (45 s in Java clients, 30 s in kafkajs); --wait 120s waits for that.',
  ),
  ...(consumersStopped ? item('  ', 'You said that they are stopped (--consumers-stopped).') : []),
]

/** Disk and partitions, broker by broker; the source keeps its own copy until its retention. */
export const room = ({ disk, partitionsByBroker, replication, topicSettings }: KafkaPlan): string[] => [
  `ROOM (replication ${replication}, beside the source, which keeps its copy)`,
  ...disk.slice(0, SHOWN).flatMap(({ node, needBytes, freeBytes, boundBytes }) => {
    const held = partitionsByBroker.find(each => each.node === node)
    const free =
      freeBytes === undefined
        ? 'free unknown'
        : `of ${formatBytes(freeBytes)} free${boundBytes === undefined ? '' : `, ${formatBytes(boundBytes)} usable`}`
    const partitions =
      held === undefined
        ? ''
        : `; ${formatCount(held.now)} + ${formatCount(held.adds)} partition replicas (limit ${formatCount(held.limit)})`
    return item(`  broker ${node}: `, `needs up to ${formatBytes(needBytes)} ${free}${partitions}`)
  }),
  ...(disk.length > SHOWN ? [`  and ${disk.length - SHOWN} more brokers`] : []),
  ...item(
    '  topic: ',
    Object.entries(topicSettings)
      .map(([name, value]) => `${name}=${value}`)
      .join(', '),
  ),
]

/** The rights that the run's user needs. */
export const rights = ({ acls }: KafkaPlan): string[] => [
  'RIGHTS NEEDED',
  ...acls.flatMap(acl => wrap(acl, 76).map((line, at) => `${at === 0 ? '  ' : '    '}${line}`)),
]
