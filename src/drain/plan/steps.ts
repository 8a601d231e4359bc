import type { KafkaPlan, Step } from '../../core/plan.js'
import { undoCommand } from '../../core/plan-names.js'
import { formatCount } from '../../core/quantity.js'

type Subject = Omit<KafkaPlan, 'steps' | 'warnings' | 'refusals' | 'digest'>

/** What is done, in order, and how each step is taken back, until when. */
export const stepsOf = (plan: Subject): readonly Step[] => [
  stop(plan),
  { title: `Check that ${plan.group} is idle, and write its offsets to the journal`, undo: '', undoUntil: '' },
  create(plan),
  copy(plan),
  ...(plan.first === undefined ? [] : [canary(plan)]),
  handle(plan),
  remove(plan),
  startAgain(plan),
]

const stop = ({ group }: Subject): Step => ({
  title: `You stop the consumers of ${group}, and what would start them again`,
  undo: 'start them',
  undoUntil: 'until step 4 begins',
})

const create = ({ targetTopic, targetLanes, replication }: Subject): Step => ({
  title: `Create topic ${targetTopic}: ${formatCount(targetLanes)} partitions, replication ${replication}`,
  undo: 'the restore of step 4 deletes it',
  undoUntil: 'at any time',
})

const copy = (plan: Subject): Step => ({
  title: `Copy ${plan.first === undefined ? '' : 'the first '}${formatCount(amount(plan))} messages into it; the offsets of ${plan.group} move ${
    plan.guarantee === 'transactions' ? 'in the same transactions' : 'behind the copies'
  }`,
  // Without --execute, so that it stays on one line of the plan; what it prints ends in the whole command.
  undo: undoCommand(plan),
  undoUntil: `until step ${plan.first === undefined ? 5 : 6} begins, and no later than ${plan.undoPossibleUntil}`,
})

const amount = ({ first, expect }: Subject): bigint =>
  first !== undefined && BigInt(first) < expect.messages ? BigInt(first) : expect.messages

const canary = ({ run }: Subject): Step => ({
  title: `Stop after the canary, to be looked at; \`spillway resume ${run}\` copies the rest`,
  undo: '',
  undoUntil: '',
})

const handle = ({ run, targetLanes, until }: Subject): Step => ({
  title: `Work off the lanes${until === 'lanes-empty' ? ', beside step 4, which waits for it' : ''}: up to ${formatCount(targetLanes)} consumers, read_committed (spillway fanout ${run} …)`,
  undo: 'none: once a lane is read, the way is only forward',
  undoUntil: '',
})

const remove = ({ run }: Subject): Step => ({
  title: `Check that every lane is empty, and delete the temporary topic (spillway restore ${run})`,
  undo: 'none: the source still holds the messages until its own retention',
  undoUntil: '',
})

const startAgain = ({ group, cutOver, until }: Subject): Step => ({
  title:
    cutOver === 'fresh-first'
      ? `You start the consumers of ${group}: already after the copy, at the price of key order (--cut-over fresh-first)`
      : `You start the consumers of ${group} again: at the ${until === 'lanes-empty' ? 'ends that step 4 prints' : 'captured ends'}, where the tail waits`,
  undo: 'stop them',
  undoUntil: 'at any time',
})
