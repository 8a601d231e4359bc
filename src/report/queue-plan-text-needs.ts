import { shellWord } from '../core/command-words.js'
import { formatBytes, formatCount } from '../core/quantity.js'
import type { QueuePlan } from '../core/queue-plan.js'
import { item } from './layout.js'

const SHOWN = 6

/** How to stop the consumers: commands stay whole, whatever their length, to be pasted. */
export const stoppingQueue = ({ stopCommands, consumersStopped, queue, vhost }: QueuePlan): string[] => [
  'TO STOP THE CONSUMERS (whichever applies, with your own names)',
  ...stopCommands.map(command => `  ${command}`),
  ...item('  ', 'Who is left:'),
  `  rabbitmqctl list_consumers -p ${shellWord(vhost)} queue_name channel_pid consumer_tag | grep -F ${shellWord(queue)}`,
  ...item(
    '  ',
    'One that was killed stays a consumer until its connection is found dead, two heartbeats (120 s by default); --wait 120s waits for that.',
  ),
  ...(consumersStopped ? item('  ', 'You said that they are stopped (--consumers-stopped).') : []),
]

/** Disk and memory, node by node, and what the temporary queues are. */
export const roomForQueues = ({ nodes, laneArguments, laneQueues, queueType, prefetch }: QueuePlan): string[] => [
  'ROOM (messages move, but the server frees the source late)',
  ...nodes.slice(0, SHOWN).flatMap(({ node, diskNeed, diskFree, diskBound, memoryUsed, memoryLimit }) => {
    const free =
      diskFree === undefined
        ? 'free unknown'
        : `of ${formatBytes(diskFree)} free${diskBound === undefined ? '' : `, ${formatBytes(diskBound)} usable`}`
    const memory =
      memoryUsed === undefined || memoryLimit === undefined
        ? 'memory unknown'
        : `memory ${formatBytes(memoryUsed)} of ${formatBytes(memoryLimit)} before its alarm`
    return item(`  ${node}: `, `needs up to ${formatBytes(diskNeed)} of disk ${free}; ${memory}`)
  }),
  ...(nodes.length > SHOWN ? [`  and ${nodes.length - SHOWN} more nodes`] : []),
  ...(nodes.length === 0 ? ['  unknown: the management API does not tell'] : []),
  ...item(
    '  queues: ',
    `${formatCount(laneQueues.length)}, ${queueType}, ${Object.entries(laneArguments)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')}; up to ${formatCount(prefetch)} messages in flight`,
  ),
]

/** The rights that the run's user needs, by names; one command that grants them, to be pasted. */
export const queueRights = ({ permissions }: QueuePlan): string[] => [
  'RIGHTS NEEDED (proved before anything is made)',
  ...permissions.map(command => `  ${command}`),
]
