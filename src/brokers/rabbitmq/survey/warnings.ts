import { formatBytes, formatCount, formatDuration } from '../../../core/quantity.js'
import type { QueueBacklog, QueueNode } from '../../../core/queue-survey.js'

/** A survey before its warnings. */
export type Unwarned = Omit<QueueBacklog, 'warnings'>

/** What a reader must know before acting, one sentence each, the worst first. */
export const warningsOf = (survey: Unwarned): string[] => [
  ...losses(survey),
  ...strangers(survey),
  ...survey.nodes.flatMap(trouble),
  ...kind(survey),
  ...blind(survey),
]

const SOON_SECONDS = 3600

const losses = ({ total, queue }: Unwarned): string[] => {
  const { firstExpiry, full } = total
  const { expires } = queue.settings
  return [
    ...(expires === undefined
      ? []
      : [
          `The queue is DELETED with all that is in it after ${formatDuration(expires.value / 1000)} without a consumer (${expires.by}): lift that before you stop the consumers`,
        ]),
    ...(firstExpiry !== undefined && firstExpiry.low < SOON_SECONDS && firstExpiry.by !== expires?.by
      ? [`Messages may expire ${when(firstExpiry)}: ${firstExpiry.what} (${firstExpiry.by})`]
      : []),
    ...(full !== undefined && full.low < SOON_SECONDS
      ? [`The queue is full ${when(full)}: then ${full.what} (${full.by})`]
      : []),
  ]
}

const when = ({ low, high }: { low: number; high?: number }): string => {
  if (high === 0) return 'NOW'
  if (high === undefined) return `from ${formatDuration(low)} on`
  return low === 0 ? `at any moment, at the latest in ${formatDuration(high)}` : `in ${formatDuration(low)}`
}

const strangers = (survey: Unwarned): string[] => {
  const { lock, temporaryQueues, pollers, consumerCount, total, verdict } = survey
  const names = temporaryQueues.slice(0, 3).map(({ name }) => name)
  const waiting = temporaryQueues.reduce((sum, { messages }) => sum + messages, 0n)
  return [
    ...(lock === undefined
      ? []
      : [
          `A run of Spillway holds ${lock.queue}${lock.by === undefined ? '' : ` (connection ${lock.by})`}: it is draining this queue now`,
        ]),
    ...(lock === undefined && names.length > 0
      ? [
          `Temporary queues of an earlier run are still there, with ${formatCount(waiting)} messages: ${names.join(', ')}${temporaryQueues.length > names.length ? ` and ${temporaryQueues.length - names.length} more` : ''}`,
        ]
      : []),
    ...(pollers ? ['Messages were fetched although no consumer is there: somebody polls with basic.get'] : []),
    ...(!pollers && verdict === 'unsure'
      ? ['The queue got shorter although no consumer is there: somebody polls or purges it, or messages expire']
      : []),
    ...(consumerCount === 0 && (total.unacked ?? 0n) > 0n
      ? [
          `${formatCount(total.unacked ?? 0n)} messages are delivered and not acked, though no consumer is there: they come back when the channel that holds them closes`,
        ]
      : []),
  ]
}

const trouble = (node: QueueNode): string[] => [
  ...(node.running ? [] : [`Node ${node.node} is not running`]),
  ...(node.memoryAlarm
    ? [
        `MEMORY ALARM on ${node.node} (${bytes(node.memoryUsed)} of ${bytes(node.memoryLimit)}): the cluster blocks publishers, a drain would hold; consuming and \`spillway discard\` still work`,
      ]
    : near(node)),
  ...(node.diskAlarm
    ? [
        `DISK ALARM on ${node.node} (${bytes(node.diskFree)} free, limit ${bytes(node.diskLimit)}): the cluster blocks publishers, a drain would hold; consuming and \`spillway discard\` still work`,
      ]
    : []),
  ...(node.partitions.length === 0
    ? []
    : [`The cluster is split: ${node.node} does not see ${node.partitions.join(', ')}`]),
]

const near = ({ node, memoryUsed, memoryLimit }: QueueNode): string[] =>
  memoryUsed !== undefined && memoryLimit !== undefined && memoryUsed * 10n > memoryLimit * 8n
    ? [`${node} is near its memory alarm: ${bytes(memoryUsed)} of ${bytes(memoryLimit)}`]
    : []

const bytes = (value: bigint | undefined): string => (value === undefined ? 'unknown' : formatBytes(value))

const kind = ({ queue }: Unwarned): string[] => {
  const away = (queue.members ?? []).filter(member => queue.online?.includes(member) === false)
  return [
    ...(queue.type === 'stream'
      ? ['This is a stream: reading does not empty it, and a drain has nothing to move']
      : []),
    ...(queue.exclusive === true ? ['The queue is exclusive: only the connection that made it may read it'] : []),
    ...(queue.durable === false ? ['The queue is not durable: a restart of the server loses it'] : []),
    ...(queue.state !== undefined && !['running', 'idle', 'flow'].includes(queue.state)
      ? [`The queue is ${queue.state}: it can't be read now`]
      : []),
    ...(away.length > 0 ? [`Members of the queue are not online: ${away.join(', ')}`] : []),
  ]
}

const blind = ({ management }: Unwarned): string[] =>
  management.available
    ? []
    : [
        `Without the management API (${management.url}: ${management.why}) these are missing: ${management.missing.join(', ')}`,
      ]
