import type { Step } from '../../../core/plan.js'
import { formatCount } from '../../../core/quantity.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import { lockQueue } from '../../../core/temporary-queue.js'

type Subject = Omit<QueuePlan, 'steps' | 'warnings' | 'refusals' | 'digest'>

/** What is done, in order, and how each step is taken back, until when. */
export const queueSteps = (plan: Subject): readonly Step[] => [
  {
    title: `You stop the consumers of ${plan.queue}, and what would start them again`,
    undo: 'start them',
    undoUntil: 'until step 4 begins',
  },
  {
    title: `Take the lock (exclusive queue ${lockQueue(plan.queue)}), and check that nobody consumes`,
    undo: 'it goes with the connection',
    undoUntil: 'at any time',
  },
  create(plan),
  copy(plan),
  ...(plan.first === undefined ? [] : [canary(plan)]),
  {
    title: `Work off the lanes${plan.until === 'lanes-empty' ? ', beside step 4, which waits for it' : ''}: any number of consumers on ${formatCount(plan.laneQueues.length)} queues (spillway fanout ${plan.run} …)`,
    undo: 'none: once a lane is read, the way is only forward',
    undoUntil: '',
  },
  {
    title: `Check that every lane is empty, and delete the temporary queues and exchanges (spillway restore ${plan.run})`,
    undo: 'none: nothing is in them',
    undoUntil: '',
  },
  startAgain(plan),
]

const create = ({ laneQueues, queueType }: Subject): Step => ({
  title: `Declare ${formatCount(laneQueues.length)} ${queueType} queues ${firstAndLast(laneQueues)}, durable, without TTL, limits or dead-lettering, each behind a fanout exchange of its own name`,
  undo: 'the restore of step 4 deletes them',
  undoUntil: 'at any time',
})

const firstAndLast = (names: readonly string[]): string =>
  names.length === 1 ? `${names[0]}` : `${names[0]} to ${names.at(-1)?.slice(-4).replace(/^.*\./, '….')}`

const copy = (plan: Subject): Step => ({
  title: `Move ${plan.first === undefined ? '' : 'the first '}${formatCount(amount(plan))} messages into them; each is acked in ${plan.queue} only after its copy is confirmed`,
  undo: `spillway restore ${plan.run} --undo --execute`,
  undoUntil: `until ${plan.undoPossibleUntil}`,
})

const amount = ({ first, expect }: Subject): bigint =>
  first !== undefined && BigInt(first) < expect.messages ? BigInt(first) : expect.messages

const canary = ({ run }: Subject): Step => ({
  title: `Stop after the canary, to be looked at; \`spillway resume ${run}\` moves the rest`,
  undo: '',
  undoUntil: '',
})

const startAgain = ({ queue, cutOver, order }: Subject): Step => ({
  title:
    cutOver === 'fresh-first'
      ? `You start the consumers of ${queue}: already after the copy${order === 'key' ? ', at the price of key order' : ''} (--cut-over fresh-first)`
      : `You start the consumers of ${queue} again: what arrived since waits there`,
  undo: 'stop them',
  undoUntil: 'at any time',
})
