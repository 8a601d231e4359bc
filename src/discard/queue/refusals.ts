import type { DiscardScope } from '../../core/discard-plan.js'
import { formatBytes } from '../../core/quantity.js'
import type { QueueBacklog, QueueNode } from '../../core/queue-survey.js'
import { readerRefusals } from '../../drain/queue/refusals/readers.js'
import { sourceItself } from '../../drain/queue/refusals/server.js'
import type { DrainRefusal } from '../../drain/refusals.js'

/**
 * A node writes acks down too: to the index of a classic queue, to the log of a quorum queue, which begins a new segment now and then. With less than
 * this free it may stop in the middle of it. Bytes.
 */
const HARD_FLOOR = 16n << 20n

/** Everything that `--execute` refuses with 4, all at once. An alarm alone is none: it blocks those who publish. Pure. */
export const queueDiscardRefusals = (
  survey: QueueBacklog,
  { consumersStopped }: { readonly consumersStopped: boolean },
): readonly DrainRefusal[] => [
  ...readerRefusals(survey, { consumersStopped }),
  ...sourceItself(survey),
  ...fullDisk(survey),
]

const fullDisk = ({ nodes, queue }: QueueBacklog): DrainRefusal[] =>
  nodes
    .filter(node => isOfQueue(node, queue) && node.diskFree !== undefined && node.diskFree < HARD_FLOOR)
    .map(({ node, diskFree = 0n }) => ({
      at: `node ${node}`,
      code: 'broker-disk-full',
      message: `Its disk is truly full: ${formatBytes(diskFree)} free, and letting go of messages is written down as well (${formatBytes(HARD_FLOOR)} at least)`,
      hint: 'Make a little room on that node first: grow the volume; delete or move old logs and core dumps; lower what else writes there; delete a queue that nobody needs (`rabbitmqctl delete_queue`). Then give the same command again (--wait 120s).',
      mayClear: true,
    }))

/** Without a word about its members every node may have some of it. */
const isOfQueue = ({ node, running }: QueueNode, { members, node: leader }: QueueBacklog['queue']): boolean =>
  running && (members?.includes(node) ?? (leader === undefined || leader === node))

/** What is worth knowing before, and refuses nothing. Pure. */
export const queueDiscardNotes = (
  { queue, total, management, nodes }: QueueBacklog,
  { scope, keeps }: { readonly scope: DiscardScope; readonly keeps: boolean },
): readonly string[] => [
  ...(scope.kind !== 'all' && queue.settings.maxPriority !== undefined
    ? [
        `${queue.name} has priorities (up to ${queue.settings.maxPriority.value}): it delivers by them, not by age, and the first message that is not older ends the run`,
      ]
    : []),
  ...(queue.settings.messageTtl === undefined
    ? []
    : ['Messages may expire on the way; what is missing at the end is reported as expired or taken by others']),
  ...(scope.kind !== 'all' && queue.type !== 'classic'
    ? ['What is read beyond the end is given back, and counts as one delivery more']
    : []),
  ...(keeps && (total.unacked ?? 0n) > 0n
    ? [
        `${total.unacked} messages are with a channel that has not acked them: they are not in this plan, and come back when it closes`,
      ]
    : []),
  ...(management.available && nodes.length > 0
    ? []
    : [
        'Without word of the nodes nobody sees whether the disk of the broker is truly full, or whether the archive lies on it',
      ]),
]
